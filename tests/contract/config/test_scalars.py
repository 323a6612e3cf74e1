"""A text as a YAML scalar."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contract.config.scalars import quoted, scalar

ANY = st.text(alphabet=st.characters(codec=None)) | st.text(
    alphabet="'\"\\#:${}[],&*!|>%@` \t\n-?~a"
)


def last_scalar(text: str) -> str:
    events = yaml.parse(text, yaml.SafeLoader)
    return str([event.value for event in events if isinstance(event, yaml.ScalarEvent)][-1])


@given(ANY)
def test_every_text_comes_back_from_yaml_as_it_was(text: str) -> None:
    for written in (scalar(text), quoted(text)):
        assert "\n" not in written
        assert last_scalar(f"{{a: [{written}]}}") == text
        assert last_scalar(f"- {written}  # why") == text


@pytest.mark.parametrize(
    "text", ["off", "null", "1:30", "010", "~", "Yes", "2024-01-01", "1e3", "="]
)
def test_what_another_reader_could_take_for_no_text_is_quoted(text: str) -> None:
    assert scalar(text) == f"'{text}'"


@pytest.mark.parametrize(
    "text", ["$request.body#/a~1b", "127.0.0.1:80", "https://a.b/v1", "gpt-4o"]
)
def test_what_is_plainly_a_text_stands_without_quotes(text: str) -> None:
    assert scalar(text) == text
    assert yaml.safe_load(scalar(text)) == text
