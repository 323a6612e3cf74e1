"""A secret that comes word by word is found."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contract import deltas
from contract.secret import Known, cover

SECRET = 'pin "48é/213"'


def token(secret: str) -> str:
    return f"<{len(secret)}>"


def stream_of(words: list[str], key: str) -> bytes:
    return "".join(f"data: {json.dumps({'x': [{key: it}]})}\n\n" for it in words).encode()


def words_of(stream: bytes, key: str) -> list[str]:
    events = [event[6:] for event in stream.decode().split("\n\n") if event]
    return [json.loads(event)["x"][0][key] for event in events]


@given(
    st.lists(st.integers(0, len(SECRET)), max_size=5),
    st.sampled_from(["content", "delta", "arguments"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
)
def test_it_is_found_however_it_is_cut(cuts: list[int], key: str, near: str) -> None:
    ends = sorted({0, len(SECRET), *cuts})
    parts = [SECRET[start:end] for start, end in pairwise(ends)]
    words = [near, *parts, near]
    stream, known = stream_of(words, key), Known([SECRET])
    spans = [*known.spans(stream), *deltas.spans(stream, known)]
    safe, _ = cover(stream, (), spans, token)
    assert words_of(safe, key) == [near, token(SECRET), *[""] * (len(parts) - 1), near]


def test_words_at_several_keys_are_put_together_each_by_itself() -> None:
    events = [{"content": "secr", "text": "no"}, {"content": "et-1234"}]
    stream = "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()
    known = Known(["secret-1234"])
    safe, _ = cover(stream, (), deltas.spans(stream, known), token)
    assert safe == stream.replace(b"secr", b"<11>", 1).replace(b"et-1234", b"")


def test_without_a_secret_nothing_is_found() -> None:
    assert list(deltas.spans(stream_of(["one", "two"], "content"), Known(["onetwox"]))) == []
