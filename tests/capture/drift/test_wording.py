"""A prompt that was extended is told in one line; one that was rewritten is only noted."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from capture.drift.wording import wording
from contract.exchange import Exchange, Request

AROUND = "You are a voice.\n\n# Agent\n{}\n\n# Tools\nCall one if asked."


def turns(*prompts: str, **body: Any) -> list[Exchange]:
    return [
        Exchange(
            str(at),
            datetime(2026, 1, 1, tzinfo=UTC),
            Request(
                "POST",
                "http://h/v1/chat/completions",
                (),
                json.dumps({"messages": [{"role": "system", "content": it}], **body}).encode(),
            ),
        )
        for at, it in enumerate(prompts)
    ]


BEFORE = AROUND.format("You help with plants.")

WORDED = {
    "the same": (BEFORE, BEFORE, None, 0),
    "other numbers, times and IDs": (
        BEFORE + "\nIt is 9:15, conv_1.",
        BEFORE + "\nIt is 9:20, conv_2.",
        None,
        0,
    ),
    "more at the end": (BEFORE, BEFORE + " Be brief.", "new: “Be brief.”", 0),
    "more in the middle": (
        BEFORE,
        BEFORE.replace("# Tools", "Be kind.\nBe brief.\n# Tools"),
        "new: “Be kind.”, and 1 more",
        0,
    ),
    "less": (BEFORE, BEFORE.replace("\n\n# Tools", ""), "gone: “# Tools”", 0),
    "another agent": (BEFORE, AROUND.format("You sell cars. You are proud of it."), None, 1),
    "another agent, and more around it": (
        BEFORE,
        AROUND.format("You sell cars.") + "\nNever say goodbye.",
        "new: “Never say goodbye.”",
        1,
    ),
    "in another order": ("One. Two.", "Two. One.", None, 0),
}


@pytest.mark.parametrize(("before", "now", "text", "notes"), WORDED.values(), ids=WORDED)
def test_sentences_that_came_or_went_are_a_difference_and_others_are_not(
    before: str, now: str, text: str | None, notes: int
) -> None:
    found = wording(turns(before, before), turns(now))
    assert (found.change.text if found.change else None) == text
    assert len(found.notes) == notes
    back = wording(turns(now), turns(before)).change
    swapped = {"new": "gone", "gone": "new"}
    mirrored = text and swapped[text.partition(":")[0]] + text[text.index(":") :]
    assert (back.text if back else None) == mirrored


def test_what_only_some_prompts_say_is_no_difference() -> None:
    anna, ben = (AROUND.format(f"You talk to {name}.") for name in ("Anna", "Ben"))
    chloe = AROUND.format("You talk to Chloe.")
    assert wording(turns(anna, ben), turns(chloe)).change is None
    assert wording(turns(chloe), turns(anna, ben)).change is None


def test_a_long_sentence_is_cut() -> None:
    change = wording(turns(BEFORE), turns(BEFORE + " " + "very " * 50 + "long.")).change
    assert change
    assert len(change.text) < 80


def test_tools_described_in_other_words_are_noted() -> None:
    def tool(words: str) -> Any:
        return [{"type": "function", "function": {"name": "end", "description": words}}]

    found = wording(turns(BEFORE, tools=tool("End it.")), turns(BEFORE, tools=tool("Stop it.")))
    assert found.change is None
    assert found.notes == ("described in other words: end",)


def test_turns_without_a_prompt_say_nothing_about_it() -> None:
    nothing = turns(BEFORE, messages=[])
    found = wording(nothing, turns(BEFORE))
    assert (found.change, found.notes) == (None, ())
