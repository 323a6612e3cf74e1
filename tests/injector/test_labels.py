from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injector.labels import OTHER, Names, context_word, error_type, provider
from injector.record import TurnRecord


def test_a_name_that_is_known_is_its_own_label() -> None:
    names = Names(["gpt-4o"], most=1)
    assert names.label("gpt-4o", learn=False) == "gpt-4o"
    assert names.label("") == ""  # no name at all, which Prometheus takes for no label


def test_the_first_few_others_become_labels_and_no_more() -> None:
    names = Names(["a"], most=3)
    labels = [names.label(name) for name in ("b", "c", "d", "b", "e", "a")]
    assert labels == ["b", "c", OTHER, "b", OTHER, "a"]


def test_a_name_that_is_not_to_be_learned_stays_another() -> None:
    names = Names()
    assert names.label("made-up", learn=False) == OTHER
    assert names.label("made-up") == "made-up"
    assert names.label("made-up", learn=False) == "made-up"


@pytest.mark.parametrize("name", ["x" * 65, "a\nb", "\x1b[31m", "\ud800", "größe", "\u2028"])
def test_what_is_no_name_is_never_a_label(name: str) -> None:
    assert Names().label(name) == OTHER


@given(st.lists(st.text(max_size=3), max_size=200))
def test_there_are_never_more_labels_than_allowed(sent: list[str]) -> None:
    names = Names(most=8)
    assert len({names.label(name) for name in sent} - {"", OTHER}) <= 8


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.openai.com", "openai"),
        ("127.0.0.1", "openai"),
        (None, "openai"),
        ("mine.openai.azure.com", "azure.ai.openai"),
        ("MINE.OpenAI.Azure.com", "azure.ai.openai"),
        ("openai.azure.com.example.org", "openai"),
    ],
)
def test_a_provider_is_the_form_of_its_api(host: str | None, name: str) -> None:
    assert provider(host) == name


@pytest.mark.parametrize(
    ("context", "word"),
    [
        ("attached;n=2", "attached"),
        ("no-image", "no-image"),
        ("", ""),
        ("attached; n=1", "attached"),
    ],
)
def test_a_context_is_its_first_word(context: str, word: str) -> None:
    assert context_word(context) == word


@pytest.mark.parametrize(
    ("turn", "error"),
    [
        ({"outcome": "answered"}, ""),
        ({"outcome": "answered", "retries": ["status 503"]}, ""),
        ({"outcome": "greeted"}, ""),
        ({"outcome": "left"}, "client left"),
        ({"outcome": "refused", "status": 401}, "401"),
        ({"outcome": "refused", "status": 502, "failure": "connect refused"}, "connect refused"),
        ({"outcome": "fallback", "status": 200, "retries": ["status 503", "timeout"]}, "timeout"),
        ({"outcome": "fallback", "retries": ["timeout"], "failure": "status 429"}, "429"),
        ({"outcome": "fallback"}, OTHER),
        ({"outcome": "broken", "status": 200, "retries": ["timeout"]}, "broken"),
        ({"outcome": "broken", "status": 200, "failure": "error event"}, "error event"),
    ],
)
def test_an_error_is_how_the_model_s_side_failed(turn: dict[str, Any], error: str) -> None:
    assert error_type(TurnRecord(**turn)) == error
