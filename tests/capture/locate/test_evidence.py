"""What stands at one place, counted, and what that says for or against an ID."""

import pytest

from capture.locate.evidence import Seen, is_framed
from capture.locate.vocabulary import About, Standing
from contract.fieldpath import FieldPath

HEADER = FieldPath("header", ("x-conversation-id",))
BLUE = FieldPath("header", ("x-blue",))


def test_counts_are_of_conversations() -> None:
    seen = Seen(HEADER, (("a", "a"), ("b",), ("b", "b"), ("c", "d"), (None,)))
    assert (seen.constant, seen.distinct, seen.present) == (3, 1, 7)
    assert not seen.tells_apart
    assert Seen(HEADER, (("a", "a"), ("b",), (None,))).tells_apart


def test_a_conversation_is_covered_where_no_turn_that_could_lacks_it() -> None:
    assert Seen(HEADER, (("a1", None),)).covered == frozenset()
    assert Seen(HEADER, (("", "a1", "a1"), ("b1", "b2"))).covered == {0}
    assert (Seen(HEADER, (("", "a1", "a1"),)).present, Seen(HEADER, (("", "a"),)).tested) == (2, 0)


def test_a_name_or_a_form_explains() -> None:
    assert Seen(HEADER, (("conv_9801m4394evfexfsqb05pv6z39x3",),)).explained is None
    assert "one request" in str(Seen(FieldPath("header", ("x-request-id",)), (("a1",),)).explained)
    assert "is a time" in str(Seen(BLUE, (("2026-11-23T09:00:00Z",),)).explained)
    assert "more than one word" in str(Seen(HEADER, (("a b",),)).explained)


def test_a_form_can_stand_in_for_a_name_and_outweigh_another() -> None:
    one = Seen(FieldPath("body", ("user_id",)), (("conv_98abcdefgh",), ("conv_98abcdefgi",)))
    assert (one.standing, one.about) == (Standing.SESSION, None)
    other = Seen(FieldPath("body", ("previous_conversation_id",)), one.values)
    assert other.about == About.OTHER_CALL


FRAMES = {
    "a path": (["session/a1", "session/b2"], True),
    "a parameter": (["sid=a1", "sid=b2"], True),
    "something after it": (["a1;v=1", "b2;v=1"], True),
    "a prefix that belongs to it": (["conv_a1", "conv_b2"], False),
    "nothing": (["a1", "b2"], False),
    "one value alone": (["session/a1"], False),
}


@pytest.mark.parametrize(("values", "framed"), FRAMES.values(), ids=FRAMES)
def test_a_frame_is_what_never_changes(values: list[str], *, framed: bool) -> None:
    assert is_framed(values) == framed
