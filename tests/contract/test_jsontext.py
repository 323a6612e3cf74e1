"""JSON in which a number remembers its text."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.jsontext import Fraction, decode, encode, number_text

DEEP = 200_000

FRACTIONS = ["1.10", "1.1", "1e400", "-1E+5", "0.0", "-0.0", "12345678901234567.5", "1e-999"]
INTEGERS = ["0", "-1", "12345678901234567890123456789", "9" * 4000]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("text", [*FRACTIONS, *INTEGERS, "-0"])
def test_a_number_keeps_the_text_that_was_written(text: str) -> None:
    assert number_text(decode(text)) == text
    assert number_text(decode(f'{{"id": [{text}]}}')["id"][0]) == text


def test_integers_stay_integers() -> None:
    value = decode("[0, 7, -12345678901234567890]")
    assert value == [0, 7, -12345678901234567890]
    assert {type(item) for item in value} == {int}


def test_a_fraction_is_a_float_as_well() -> None:
    value = decode("1.10")
    assert isinstance(value, Fraction)
    assert value == float("1.10")
    assert value * 2 == pytest.approx(2.2)


def test_a_float_of_unknown_text_is_written_as_python_writes_it() -> None:
    assert number_text(1.10) == "1.1"
    assert number_text(12) == "12"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "Infinity",
        "-Infinity",
        '{"id": NaN}',
        "{'id': 1}",
        "01",
        "1.",
        "[1,]",
        '"\n"',
        "{} {}",
        b"\xff",
        '{"id": "é"}'.encode("latin-1"),
        '{"id": 1}'.encode("utf-16"),
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
    ],
)
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(text)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_that_is_nested_too_deep_is_a_value_error(opening: str) -> None:
    with pytest.raises(ValueError, match="nested too deep"):
        decode(opening * DEEP)


def test_an_integer_longer_than_python_converts_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="limit"):
        decode("9" * (sys.get_int_max_str_digits() + 1))


def test_a_byte_order_mark_before_bytes_is_skipped() -> None:
    assert decode(b'\xef\xbb\xbf{"id": "\xc3\xa9"}') == {"id": "é"}


@given(values)
def test_what_was_encoded_is_decoded_to_the_same_value(value: object) -> None:
    assert decode(encode(value)) == value
    assert decode(encode(value).encode("utf-8")) == value


@given(values)
def test_the_standard_library_sees_the_same_value(value: object) -> None:
    text = json.dumps(value)
    assert decode(text) == json.loads(text)


def test_encoded_text_is_compact_and_readable() -> None:
    assert encode({"a": [1, "é"]}) == '{"a":[1,"é"]}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_json_has_no_number_for_is_not_encoded(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        encode(value)
