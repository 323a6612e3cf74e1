"""What the form of a value says for it and against it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.locate.shapes import against, is_conversation, is_moment, is_one_word, is_shaped

MOMENT = datetime(2026, 11, 23, 7, 8, 39, tzinfo=UTC)


SHAPES = {
    "tmp_0123456789abcdef0123456789abcdef": "picture in Sightline",
    "tmp_redacted-0123456789abcdef": "picture in Sightline",
    "203.0.113.7": "address",
    "203.0.113.7:4711": "address",
    "2001:db8::1": "address",
    "::ffff:203.0.113.7": "address",
    "+49 30 123456": "telephone",
    "sip:ada@pbx.example": "telephone",
    "ada@mail.example": "mail",
    "2026-11-23": "time",
    "2026-11-23T06:24:06.123Z": "time",
    "2026-11-23T06:24:06+00:00": "time",
    "2026-11-23 06.24.06": "time",
    "20261123T062406Z": "time",
    "20261123062406": "time",
    "23.11.2026 06:24": "time",
    "11/23/2026, 6:24:06 AM": "time",
    "Mon, 23 Nov 2026 06:24:06 GMT": "time",
    "23 November 2026 at 06:24": "time",
    "Monday, 23rd November": "time",
    "Nov 23, 2026 6:24 PM": "time",
    "23-Nov-2026": "time",
    "6:24 am": "time",
    "1763879046": "time",
    "1763879046.25": "time",
    "1763879046123": "time",
    "1763879046123456": "time",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01": "trace",
    "call_abcdefghijklmnop1234": "tool call",
    "chatcmpl-abc123": "request",
}


@pytest.mark.parametrize(("value", "reason"), SHAPES.items())
def test_a_form_can_speak_against(value: str, reason: str) -> None:
    assert reason in (against([value]) or "")


IDS = [
    "conv_9801m4394evfexfsqb05pv6z39x3",
    "conv_marchwind0001abcdefghijkl",
    "0b9f2a44-6a0e-4b3e-9b2c-3d1f0c9f2b11",
    "0b9f2a12-deca-feb1-9b2c-3d1f0c9f2b11",
    "CA0123456789abcdef0123456789abcdef",
    "redacted-0123456789abcdef",
]


@pytest.mark.parametrize("value", IDS)
def test_an_id_has_the_form_of_one(value: str) -> None:
    assert is_shaped(value)
    assert against([value]) is None


@pytest.mark.parametrize(
    "value", ["gpt-4o", "true", "hello there you all 12", "abcdefghijklmnopqrst", "k3f9"]
)
def test_an_ordinary_word_has_not(value: str) -> None:
    assert not is_shaped(value)


@pytest.mark.parametrize(
    "value",
    [
        "20261123T070839123Z",
        "D:20261123070839Z",
        "23Nov2026-07:08:39Z",
        "23/Nov/2026:07:08:39",
        "2026-W48-1T07:08:39Z",
        "2026-327T07:08:39Z",
        "2026_11_23_07_08_39Z",
        "t1763881719123",
        "0x692304f7",
        "639018677190000000",
        "7:08h",
        "(555) 123-4567",
        "004915112345678",
    ],
)
def test_a_time_or_a_number_in_an_odd_notation_is_still_one(value: str) -> None:
    assert against([value])


@given(
    st.integers(-86_400, 86_400),
    st.sampled_from([1, 1_000, 1_000_000, 1_000_000_000]),
    st.sampled_from(["{:d}", "{:x}", "{:X}", "0x{:x}"]),
)
def test_a_number_that_says_a_moment_close_to_the_call_is_a_time(
    seconds: int, unit: int, notation: str
) -> None:
    stamp = int((MOMENT + timedelta(seconds=seconds)).timestamp() * unit)
    assert is_moment(notation.format(stamp), MOMENT)
    assert not is_moment(notation.format(stamp * 3), MOMENT)


def test_of_digits_all_values_must_look_like_something_else() -> None:
    assert against(["1763879046", "1763879199"])
    assert against(["1763879046", "7763879199"]) is None
    assert against(["Anna", "Ben"]) == "is a word or a name"
    assert against(["Anna", "k3f9"]) is None


@pytest.mark.parametrize("value", ["conv_98abcdefgh", "sess_42", "session-8f3a", "CHAT_9x9x9x"])
def test_a_form_can_name_a_conversation(value: str) -> None:
    assert is_conversation(value)


@pytest.mark.parametrize("value", ["two words", 'a"b', "a=b", "a;b", "{a}", "a,b", "<a>"])
def test_what_has_a_frame_around_it_is_not_one_word(value: str) -> None:
    assert not is_one_word(value)
    assert is_one_word("dGVzdA==")
