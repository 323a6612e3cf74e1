"""One text is made unreadable."""

import json

import pytest

from contract.hiding import Hider


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Größe 42", b"xxxxxxx 00"),
        ("call {{ system__call_id }}", b"xxxx {{ system__call_id }}"),
        ("\udc80", b"x"),
        (r"Gr\u00f6\n\"A\\", rb"xx\u0078\n\"x\\"),
    ],
)
def test_without_a_key_a_letter_is_x_and_a_digit_0(text: str, hidden: bytes) -> None:
    assert Hider(None).edit(text, 0, len(text)).put == hidden


def test_only_the_part_that_is_asked_for_is_hidden() -> None:
    edit = Hider(None).edit("one two three", 4, 7)
    assert (edit.start, edit.end, edit.put) == (4, 7, b"xxx")


def test_another_key_makes_other_letters() -> None:
    text = "so many words that two keys hardly ever agree about all their letters"
    keys = (b"a", b"b", b"a")
    one, other, again = (Hider(key).edit(text, 0, len(text)).put for key in keys)
    assert one == again != other
    assert set(one) == set(b"xz ")


def test_escapes_of_a_very_long_text_stay_whole() -> None:
    for before in range(14):
        text = "a" * before + r"\u00e9\\ \"b" * 9000
        edit = Hider(b"key").edit(text, 0, len(text))
        assert len(json.loads(b'"%s"' % edit.put)) == len(json.loads(f'"{text}"'))
