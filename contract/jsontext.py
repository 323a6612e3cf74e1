"""JSON in which a number remembers its text.

`json.loads` turns `1.10` into `1.1` and `12345678901234567.5` into its neighbour. A conversation ID
may be a number, and two IDs that become one would show one person's picture to another. So
fractions are kept as `Fraction`, a float that knows what was written; integers are exact anyway,
all but `-0`, which is kept as a `Fraction` too.
"""

import json
from typing import Any, NoReturn, Self


class Fraction(float):
    """A number that no `int` holds as it was written; `text` is what was written."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Keep `text` beside the value."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _integer(text: str) -> int | Fraction:
    return Fraction(text) if text == "-0" else int(text)


DECODER = json.JSONDecoder(parse_float=Fraction, parse_int=_integer, parse_constant=_refuse)


def decode(data: bytes | str) -> Any:
    """Return the value that JSON text stands for.

    Raises:
        ValueError: the text is not JSON (RFC 8259; so no `NaN`), not UTF-8, or nested too deep.
    """
    text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    try:
        return DECODER.decode(text)
    except RecursionError:
        raise ValueError("the JSON is nested too deep") from None


def encode(value: Any) -> str:
    """Return compact JSON text; non-ASCII characters stand for themselves."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def number_text(value: float) -> str:
    """Return a JSON number as it was written, where that is known."""
    return value.text if isinstance(value, Fraction) else str(value)
