"""What stands for a character that a terminal's encoding has not.

The signs that Sightline itself writes become signs of ASCII that are as wide, so that columns and
widths stay; any other character is written as Python writes it, so that nothing is lost.
"""

import codecs

ERRORS = "sightline"
"""The name under which `io` knows this way of encoding."""

_ASCII = {
    "▲": "^",
    "△": "^",
    "●": "*",
    "○": "o",
    "→": ">",
    "…": "~",
    "─": "-",
    "⟨": "<",
    "⟩": ">",
    "“": '"',
    "”": '"',
}


def in_ascii(error: UnicodeError) -> tuple[str, int]:
    """Return what is written for characters that an encoding has not, and where to go on.

    Raises:
        UnicodeError: something was to be decoded, which this is not for.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = (_ASCII.get(sign) or _escaped(sign) for sign in error.object[error.start : error.end])
    return "".join(signs), error.end


def _escaped(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode()


codecs.register_error(ERRORS, in_ascii)
