"""Server-sent events, wherever the pieces were cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.sse import Decoder, Event, decode

BOM = b"\xef\xbb\xbf"

STREAMS = [
    b"data: a\n\ndata: b\n\n",
    b"data: a\r\rdata: b\r\r",
    b"data: a\r\n\r\ndata: b\r\n\r\n",
    b"data: a\r\n\ndata: b\n\r\n\r\ndata: c\r\n\r",
    b"data: a\n\r\rdata: b\r\n\ndata: c",
    BOM + "event: größe\ndata: 日本語 😀\nid: ü\nretry: 12\n: für\n\n".encode(),
    BOM + BOM + b"data: a\n\n",
    b": one\n: two\n\ndata\ndata: \ndata:  x\n\n",
    b'data: {"a"}\n\ndata: [DONE]\n\nevent: late\ndata: cut',
    b"data: \xe6\x97",
    b"data: \xff\xfe\n\n\xf0\x9f\x98data: b\r\n\r\n",
    "data: a\u2028b\u0085c\x0bd\n\n".encode(),
]

words = ["\r", "\n", "\r\n", "data", ":", " ", "x", "\ufeff", "\0", "id: 7", "event:e", "retry: 9"]
broken = [b"\xf0", b"\x9f", b"\xff", b"\xc3"]
pieces_of_streams = st.lists(
    st.sampled_from(["é", "😀", *words]).map(str.encode) | st.sampled_from(broken)
).map(b"".join)


def cut_at(stream: bytes, *places: int) -> list[Event]:
    """Decode a stream that arrives in pieces."""
    decoder, events, start = Decoder(), list[Event](), 0
    for place in (*sorted(places), len(stream)):
        events += decoder.feed(stream[start:place])
        start = place
    return events + decoder.finish()


def fields(stream: bytes) -> list[list[str]]:
    """Return the lines of each event, found in another way than the decoder's."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
    blocks: list[list[str]] = [[]]
    for line in re.split("\r\n|\r|\n", text):
        if line:
            blocks[-1].append(line)
        else:
            blocks.append([])
    return [block for block in blocks if block]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_stream_is_decoded_alike_wherever_it_is_cut(stream: bytes) -> None:
    whole = decode(stream)
    for place in range(len(stream) + 1):
        assert cut_at(stream, place) == whole, place
    assert cut_at(stream, *range(len(stream))) == whole


@given(pieces_of_streams, st.data())
def test_any_stream_is_decoded_alike_in_any_pieces(stream: bytes, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(stream))))
    assert cut_at(stream, *places) == decode(stream)


@given(pieces_of_streams)
def test_every_block_of_lines_is_one_event(stream: bytes) -> None:
    events = decode(stream)
    blocks = fields(stream)
    assert len(events) == len(blocks)
    for event, lines in zip(events, blocks, strict=True):
        comments = [line[1:].removeprefix(" ") for line in lines if line.startswith(":")]
        assert event.comment == ("\n".join(comments) if comments else None)
        data = [re.sub("^data:? ?", "", line) for line in lines if re.match("data(:|$)", line)]
        assert event.data == ("\n".join(data) if data else None)


@pytest.mark.parametrize(
    ("block", "event"),
    [
        (b"data: a", Event(data="a")),
        (b"data:a", Event(data="a")),
        (b"data:  a", Event(data=" a")),
        (b"data", Event(data="")),
        (b"data: a\ndata\ndata: b", Event(data="a\n\nb")),
        (b"data: a: b", Event(data="a: b")),
        (b"event: done\ndata: a", Event(data="a", event="done")),
        (b"event:\ndata: a", Event(data="a")),
        (b"event: x", Event(event="x")),
        (b"id: 7\ndata: a", Event(data="a", id="7")),
        (b"id\ndata: a", Event(data="a", id="")),
        (b"id: 1\nid: a\0b\ndata: a", Event(data="a", id="1")),
        (b"retry: 100", Event(retry=100)),
        (b"retry: 1.5", Event()),
        (b"retry: -1", Event()),
        (b"retry:", Event()),
        ("retry: \u0661".encode(), Event()),
        (b"retry: " + b"9" * 10_000, Event()),
        (b": hello", Event(comment="hello")),
        (b":", Event(comment="")),
        (b": a\n: b\ndata: c", Event(data="c", comment="a\nb")),
        (b"Data: a", Event()),
        (b" data: a", Event()),
        (b"other: a", Event()),
        ("data: a\u2028b\u0085c\x0cd".encode(), Event(data="a\u2028b\u0085c\x0cd")),
        (b"data: \xff", Event(data="\ufffd")),
        (BOM + b"data: a", Event(data="a")),
        (BOM + BOM + b"data: a", Event()),
    ],
)
def test_a_block_of_lines_means_what_the_standard_says(block: bytes, event: Event) -> None:
    assert decode(block + b"\n\n") == [event]
    assert decode(block) == [event]


def test_an_event_is_given_out_as_soon_as_its_empty_line_came() -> None:
    decoder = Decoder()
    assert decoder.feed(b"data: a\n") == []
    assert decoder.feed(b"\n") == [Event(data="a")]
    assert decoder.feed(b"data: b\r\n\r") == [Event(data="b")]
    assert decoder.feed(b"\n") == []
    assert decoder.finish() == []


def test_an_event_that_was_cut_short_is_given_out_at_the_end_only() -> None:
    decoder = Decoder()
    assert decoder.feed(b"data: a\n\ndata: b\ndata: c") == [Event(data="a")]
    assert decoder.finish() == [Event(data="b\nc")]
    assert decoder.finish() == []


def test_a_character_that_was_cut_short_shows_as_broken() -> None:
    assert decode(b"data: \xe6\x97") == [Event(data="\ufffd")]


@pytest.mark.parametrize("stream", [b"", b"\n\n\n", b"\r\n\r\n", BOM, BOM + b"\n"])
def test_a_stream_without_lines_has_no_events(stream: bytes) -> None:
    assert decode(stream) == []
