import json
from typing import Any

import pytest

from contract.errors import BadRequest, UnknownPicture
from injector.sharing import members

WRONG: list[tuple[Any, str]] = [
    (None, "a text that is not empty"),
    ("", "a text that is not empty"),
    (" \n", "a text that is not empty"),
    (7, "a text that is not empty"),
    (["c"], "a text that is not empty"),
    ("\ud800", "surrogate"),
]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b"\xff", "not JSON"),
        (b"NaN", "not JSON"),
        (b"[" * 100_000, "too deep"),
        (b"[]", "not an object"),
        (b"null", "not an object"),
        (b'"conv"', "not an object"),
    ],
)
def test_what_is_no_object_is_told_so(body: bytes, told: str) -> None:
    with pytest.raises(BadRequest, match=told):
        members.object_of(body)


def test_an_object_is_read() -> None:
    assert members.object_of(json.dumps({"a": "é"}).encode()) == {"a": "é"}


@pytest.mark.parametrize(("member", "told"), WRONG)
def test_a_text_that_is_none_is_told_with_its_name(member: Any, told: str) -> None:
    for value in ({"name": member}, {} if member is None else {"name": member}):
        with pytest.raises(BadRequest, match=told) as raised:
            members.text(value, "name")
        assert raised.value.param == "name"


@pytest.mark.parametrize("good", ["c", "conv_1", "ä ö/ü?", "x" * 512, "\u200b:"])
def test_an_id_of_any_platform_is_taken(good: str) -> None:
    assert members.conversation_id({"conversationId": good}) == good


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("x" * 513, "at most 512"),
        ("a\nb", "control"),
        ("a\x00", "control"),
        ("\x7fa", "control"),
        ("a\x85", "control"),
        *WRONG,
    ],
)
def test_what_cannot_be_an_id_is_told_why(bad: Any, told: str) -> None:
    with pytest.raises(BadRequest, match=told) as raised:
        members.conversation_id({"conversationId": bad})
    assert raised.value.param == "conversationId"


@pytest.mark.parametrize("wrong", [False, None, 1, "true", [], {}])
def test_a_member_that_may_only_be_true_is_nothing_else(wrong: Any) -> None:
    assert members.true_or_absent({"pending": True}, "pending")
    assert not members.true_or_absent({}, "pending")
    with pytest.raises(BadRequest, match="only be `true`"):
        members.true_or_absent({"pending": wrong}, "pending")


@pytest.mark.parametrize(
    "given",
    ["", "tmp_", "tmp_1", "tmp_" + "0" * 31, "tmp_" + "0" * 33, "tmp_" + "A" * 32, "x" * 60_000],
)
def test_what_was_never_given_out_is_unknown_without_the_store(given: str) -> None:
    with pytest.raises(UnknownPicture) as raised:
        members.temporary_id(given)
    assert len(str(raised.value)) < 300


def test_what_may_have_been_given_out_is_looked_for() -> None:
    assert members.temporary_id("tmp_" + "09af" * 8) == "tmp_" + "09af" * 8
