"""The page learns where in `customLlmExtraBody` a temporaryId goes, and that it goes nowhere."""

import pytest

from contract.config import Config
from contract.fieldpath import parse
from injector.page.public import keys_inside, public


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("$request.body#/elevenlabs_extra_body/temporaryId", ["temporaryId"]),
        ("$request.body#/elevenlabs_extra_body/sightline/a~1b", ["sightline", "a/b"]),
        ({"from": "$request.body#/elevenlabs_extra_body/x", "match": "tmp_[0-9a-f]+"}, ["x"]),
        ("$request.body#/elevenlabs_extra_body", None),
        ("$request.body#/user_id", None),
        ("$request.header.elevenlabs_extra_body", None),
    ],
)
def test_keys_are_those_inside_the_extra_body(path: object, keys: list[str] | None) -> None:
    assert keys_inside(parse(path)) == keys


def test_where_nothing_is_configured_there_are_no_keys() -> None:
    assert keys_inside(None) is None


def test_who_asks_often_has_no_file_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody may ask, and turns would wait for the disk."""
    first = public(Config())

    def fail(_: str) -> str:
        raise AssertionError("a file is read again")

    monkeypatch.setattr("injector.page.public.version", fail)
    assert public(Config()) == first
