"""The stand-in model lets nobody through without the right picture."""

import json

import pytest

from bench.relay import turn
from bench.relay.model import Pictures, asked

ONE = "data:image/jpeg;base64," + "A" * 10_000
OTHER = "data:image/jpeg;base64," + "B" * 10_000


@pytest.mark.parametrize("picture", [None, ONE])
@pytest.mark.parametrize("paced", [False, True])
def test_a_turn_is_understood_as_it_was_made(picture: str | None, paced: bool) -> None:
    made = json.loads(turn.body("p450k", picture, paced=paced))
    assert asked(made) == ("p450k", paced, [picture] if picture else [])


def test_a_turn_has_the_size_of_a_platforms() -> None:
    made = json.loads(turn.body("none"))
    assert len(made["messages"][0]["content"]) == 4096
    assert (len(made["messages"]), len(made["tools"])) == (12, 4)
    assert 6_500 < len(turn.body("none")) < 7_500


def test_a_request_says_its_length_and_its_conversation() -> None:
    head, _, body = turn.request(80, "p2m", ONE).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"X-Conversation-Id: conv_bench_p2m" in head


def test_the_first_picture_of_a_mark_is_the_right_one_from_then_on() -> None:
    pictures = Pictures()
    assert pictures.wrong("p1", [ONE]) == ""
    assert pictures.wrong("p1", [ONE]) == ""
    assert pictures.learned == {"p1": ONE}
    assert pictures.wrong("p1", [OTHER]) == "the picture is not the one of p1"


def test_a_picture_of_another_conversation_is_wrong_also_at_first() -> None:
    pictures = Pictures()
    pictures.wrong("m1", [ONE])
    assert pictures.wrong("m2", [ONE]) == "the picture is not the one of m2"


@pytest.mark.parametrize(
    "changed", [ONE[:-1], ONE[:-1] + "C", ONE[:30] + "C" + ONE[31:]], ids=["cut", "end", "begin"]
)
def test_a_picture_that_has_changed_is_wrong(changed: str) -> None:
    pictures = Pictures()
    pictures.wrong("m1", [ONE])
    assert pictures.wrong("m1", [changed]) != ""


@pytest.mark.parametrize(("mark", "shown"), [("p1", []), ("p1", [ONE, ONE]), ("none", [ONE])])
def test_too_few_or_too_many_pictures_are_wrong(mark: str, shown: list[str]) -> None:
    assert "pictures" in Pictures().wrong(mark, shown)
