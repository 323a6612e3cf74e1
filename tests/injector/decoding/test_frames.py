import pytest
from hypothesis import given
from hypothesis import strategies as st

from injector.decoding.frames import HEAD, MAX_ANSWER, MAX_NOTE, Broken, Head, framed, head, note

NOTES = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers(0, 1000) | st.text())


@given(st.integers(0, 2**64 - 1), NOTES, st.integers(0, MAX_ANSWER))
def test_a_message_says_whose_it_is_and_how_long(
    number: int, said: dict[str, str], size: int
) -> None:
    data = framed(number, said, size)
    read = head(data[:HEAD])
    assert read == Head(number, len(data) - HEAD, size)
    assert note(data[HEAD:]) == said


@pytest.mark.parametrize(
    ("sizes", "most"),
    [((MAX_NOTE + 1, 0), MAX_ANSWER), ((0, MAX_ANSWER + 1), MAX_ANSWER), ((0, 11), 10)],
)
def test_a_head_that_announces_too_much_is_broken(sizes: tuple[int, int], most: int) -> None:
    data = (7).to_bytes(8, "big") + sizes[0].to_bytes(4, "big") + sizes[1].to_bytes(8, "big")
    with pytest.raises(Broken, match="announced"):
        head(data, most)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"7", b"null", b"\xff"])
def test_a_note_that_is_no_object_is_broken(data: bytes) -> None:
    with pytest.raises(Broken, match="note"):
        note(data)
