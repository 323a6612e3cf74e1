"""Words inside texts, and the expressions that cut them out of texts that nobody has seen yet."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.locate.cuts import label_of
from capture.locate.phrases import common_start, phrases

AROUND = {
    "label": "Conversation ID: {}",
    "sentence": "The conversation is {}.",
    "bold label": "**Session:** {}\nBe brief.",
    "backticks": "Your session is `{}`, keep it.",
    "parameter": "session={};user=u1",
    "URL": "See https://app.example/sessions/{}?tab=1 for more.",
    "tag": "<session_id>{}</session_id>",
    "attribute": '<call session="{}" lang="en"/>',
    "JSON": '{{"session_id": "{}", "lang": "en"}}',
    "JSON in JSON": '{{"a": "{{\\"session_id\\":\\"{}\\"}}"}}',
    "table": "| Session | {} |\n| Channel | phone |",
    "German": "Die Gesprächs-ID lautet {}, bitte nicht vorlesen.",
    "abbreviation": "Session no. {}",
    "the line before": "## Session\n{}\n\nBe brief.",
}
IDS = st.text(string.ascii_letters + string.digits + "-", min_size=6, max_size=30).filter(
    lambda it: it[0].isalnum() and it[-1].isalnum() and any(map(str.isdigit, it))
)


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@given(ids=st.lists(IDS, min_size=4, max_size=4, unique=True))
def test_some_match_cuts_the_bare_id_out_of_the_next_text_too(around: str, ids: list[str]) -> None:
    *seen, unseen = (around.format(it) for it in ids)
    found = [re.search(match, unseen) for match in phrases(seen, named=True)]
    assert ids[-1] in [it.group(1) for it in found if it]


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_no_match_holds_an_id_or_a_word_that_differs(around: str) -> None:
    texts = [f"Today {name} calls. {around.format(it)}" for name, it in PAIRS]
    matches = phrases(texts, named=True)
    assert matches
    for match in matches:
        assert not any(name in match or it in match for name, it in PAIRS), match


PAIRS = (("Anna", "k3f9x2q8"), ("Ben", "q7w2e1z5"), ("Chloe", "z9x1c4v7"))


def test_the_last_of_two_like_phrases_is_told_from_the_first() -> None:
    texts = [f"Session: example1\nSession: {it}" for _, it in PAIRS]
    matches = phrases(texts, named=True)
    assert r"^[\s\S]*\bSession:\s*([A-Za-z0-9_-]+(?:[.:~][A-Za-z0-9_-]+)*)" in matches
    for match in matches:
        found = re.search(match, "Session: example1\nSession: n3w1d")
        assert found
        assert found.group(1) == "n3w1d"


def test_what_is_not_named_is_left_out_of_a_prompt_and_not_of_a_short_value() -> None:
    texts = [f"v2|{it}|web" for _, it in PAIRS]
    assert phrases(texts, named=True) == ()
    found = [re.search(match, "v2|n3w1d|web") for match in phrases(texts)]
    assert "n3w1d" in [it.group(1) for it in found if it]


def test_no_match_expects_a_number() -> None:
    texts = [f"Line 12: the session {it} began." for _, it in PAIRS]
    assert not any("12" in match for match in phrases(texts, named=True))


def test_a_known_id_is_cut_out_wherever_it_stands() -> None:
    (match, *_) = phrases(["Please greet room 4711 kindly"], ["4711"])
    found = re.search(match, "Please greet room 4712 kindly")
    assert found
    assert found.group(1) == "4712"


LABELS = {
    "Be brief. Conversation ID: ": "Conversation ID",
    "Last order: none | Session: ": "Session",
    '{"previous_calls": 2, "conversation_id": "': "conversation_id",
    "https://app.example/sessions/": "sessions",
    "Your session identifier for this call is: ": "Your session identifier for this call is",
    "": "",
}


@pytest.mark.parametrize(("before", "label"), LABELS.items())
def test_what_names_a_word_stands_in_its_own_sentence(before: str, label: str) -> None:
    assert label_of(before) == label


@given(st.lists(st.text(), min_size=1))
def test_a_common_start_is_one(texts: list[str]) -> None:
    shared = common_start(texts)
    assert all(text.startswith(shared) for text in texts)
    longer = {text[: len(shared) + 1] for text in texts}
    assert len(longer) > 1 or longer == {shared}
