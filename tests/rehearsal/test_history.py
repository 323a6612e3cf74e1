from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal import history
from rehearsal.reply import ToolCall

USER = history.user("hi")
CALLED = history.called("One moment.", [ToolCall("call_1", "look", "{}")], ["seen"])


@pytest.mark.parametrize(
    ("turn", "spoken", "kept"),
    [
        ([USER], "", [USER]),
        ([USER], "Well", [USER, history.assistant("Well")]),
        ([USER, history.assistant("Well done.")], "Well", [USER, history.assistant("Well")]),
        ([USER, history.assistant("Well done.")], "", [USER]),
        ([USER, *CALLED], "One moment.", [USER, *CALLED]),
        ([USER, *CALLED], "", [USER, CALLED[0] | {"content": None}, CALLED[1]]),
        (
            [USER, *CALLED, history.assistant("It is red.")],
            "One moment. It is",
            [USER, *CALLED, history.assistant("It is")],
        ),
        (
            [USER, *CALLED],
            "One moment. It is",
            [USER, *CALLED, history.assistant("It is")],
        ),
        (
            [USER, history.background("page 2"), history.assistant("Well done.")],
            "Well",
            [USER, history.background("page 2"), history.assistant("Well")],
        ),
    ],
)
def test_only_what_was_spoken_stays(turn: list[Any], spoken: str, kept: list[Any]) -> None:
    assert history.spoken_only(turn, spoken) == kept


@given(st.text(min_size=1), st.integers(0, 30))
def test_a_beginning_of_an_answer_is_kept_as_it_is(answer: str, length: int) -> None:
    spoken = answer[:length].strip()
    kept = history.spoken_only([USER, history.assistant(answer.strip())], spoken)
    assert "".join(one["content"] for one in kept[1:]) == spoken


def test_pictures_are_no_words() -> None:
    parts: list[Any] = [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": "data:"}},
    ]
    assert history.words(parts) == "look"
    assert history.words("look") == "look"
