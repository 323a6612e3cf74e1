"""What people said, made unreadable."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.spoken import SPOKEN, hide_text

JSON = "application/json"
STREAM = "text/event-stream"
SAID = "My card is 4111 at Größe street"

said = st.text(st.characters(blacklist_categories=["Cs"])) | st.text('aé1日 -\n"\\/', max_size=30)
kept = st.sampled_from(["conv_4k2j9d8s7a", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "call1234"])


def chat(text: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    parts = st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": text}), max_size=2)
    message = st.fixed_dictionaries(
        {
            "role": st.sampled_from(["system", "user", "assistant"]),
            "content": st.none() | text | parts,
        },
        optional={
            "tool_calls": st.lists(
                st.fixed_dictionaries(
                    {
                        "id": kept,
                        "function": st.fixed_dictionaries(
                            {"name": st.just("look"), "arguments": text}
                        ),
                    }
                ),
                max_size=2,
            )
        },
    )
    return st.fixed_dictionaries(
        {"model": st.just("gpt-4o"), "stream": st.booleans(), "messages": st.lists(message)}
    )


def shape(value: Any, key: str = "") -> Any:
    """Return a value without what was said."""
    if isinstance(value, dict):
        return {name: shape(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item, key) for item in value]
    return "" if key in SPOKEN and isinstance(value, str) else value


def spoken(value: Any, key: str = "") -> list[str]:
    """Return what was said."""
    if isinstance(value, dict):
        return [text for name, item in value.items() for text in spoken(item, name)]
    if isinstance(value, list):
        return [text for item in value for text in spoken(item, key)]
    return [value] if key in SPOKEN and isinstance(value, str) else []


def is_hidden(text: str) -> bool:
    """Tell whether nothing is left but x, 0, marks and words that may be IDs."""
    left = re.sub(r"[A-Za-z0-9_-]{8,128}", "", text)
    return text.isascii() and re.fullmatch(r"[^A-Za-z1-9]*", left.replace("x", "")) is not None


@given(chat(said), st.booleans(), st.sampled_from([None, 2]))
def test_nobody_can_read_what_was_said_and_the_rest_stays(
    value: dict[str, Any], ascii_only: bool, indent: int | None
) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    hidden = hide_text(body, JSON)
    assert len(hidden) == len(body)
    assert shape(json.loads(hidden)) == shape(value)
    assert all(map(is_hidden, spoken(json.loads(hidden))))


@given(chat(said))
def test_what_is_hidden_already_stays(value: dict[str, Any]) -> None:
    hidden = hide_text(json.dumps(value).encode(), JSON)
    assert hide_text(hidden, JSON) == hidden


@given(st.lists(said, max_size=4), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_stream_keeps_its_events_and_the_length_of_each(texts: list[str], end: str) -> None:
    chunks = [{"id": "chatcmpl1", "choices": [{"delta": {"content": text}}]} for text in texts]
    lines = [f"data: {json.dumps(chunk)}" for chunk in chunks] + ["data: [DONE]"]
    body = "".join(line + end + end for line in lines).encode()
    hidden = hide_text(body, STREAM)
    events = re.split(r"[\r\n]+", hidden.decode().strip())
    assert [len(event) for event in events] == [len(line) for line in lines]
    assert events[-1] == "data: [DONE]"
    for event in events[:-1]:
        chunk = json.loads(event.removeprefix("data: "))
        assert chunk["id"] == "chatcmpl1"
        assert is_hidden(chunk["choices"][0]["delta"]["content"])


@given(chat(said), st.data())
def test_a_body_that_was_cut_anywhere_tells_no_more(
    value: dict[str, Any], data: st.DataObject
) -> None:
    body = json.dumps(value, ensure_ascii=False).encode()
    end = data.draw(st.integers(0, len(body)))
    hidden = hide_text(body[:end], JSON)
    assert len(hidden) == end
    whole = hide_text(body, JSON)
    common = next((at for at in range(end) if hidden[at] != whole[at]), end)
    # Only the word that was cut may look otherwise: its second half made it an ID, or its colon a
    # key, and without that it is hidden as if somebody had said it.
    assert re.fullmatch(rb'[\w\\-]*"?', whole[common:end])


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        ({"content": SAID}, {"content": "xx xxxx xx 0000 xx xxxxxxx xxxxxx"}),
        ({"content": "日本2023年に"}, {"content": "xxxxxx0000xxxxxx"}),
        ({"content": "conv_8a7d6f5e is mine"}, {"content": "conv_8a7d6f5e xx xxxx"}),
        ({"content": "call 07700900123"}, {"content": "xxxx 00000000000"}),
        ({"content": "data: my card"}, {"content": "xxxx: xx xxxx"}),
        ({"content": ["one", "two"]}, {"content": ["xxx", "xxx"]}),
        ({"content": None}, {"content": None}),
        ({"input": "see"}, {"input": "xxx"}),
        (
            {"input": [{"role": "user", "content": "hi"}]},
            {"input": [{"role": "user", "content": "xx"}]},
        ),
        ({"output": "Rome"}, {"output": "xxxx"}),
        ({"output": [{"type": "message"}]}, {"output": [{"type": "message"}]}),
        ({"arguments": {"city": ["Rome", 42, -7.5]}}, {"arguments": {"city": ["xxxx", 10, -1.0]}}),
        ({"arguments": '{"city": "Rome"}'}, {"arguments": '{"xxxx": "xxxx"}'}),
        (
            {"token": "Hi", "bytes": [72, 105], "logprob": -1.5},
            {"token": "xx", "bytes": [10, 100], "logprob": -1.5},
        ),
        ({"text": {"format": {"type": "text"}}}, {"text": {"format": {"type": "text"}}}),
        ({"model": "gpt", "user": "ann"}, {"model": "gpt", "user": "ann"}),
        (
            {"type": "response.output_text.delta", "delta": "Hi"},
            {"type": "response.output_text.delta", "delta": "xx"},
        ),
        ({"input_audio": {"data": "ab1" * 99}}, {"input_audio": {"data": "xx0" * 99}}),
        ("hello", "xxxxx"),
        (["hello"], ["xxxxx"]),
    ],
)
def test_what_is_said_is_known_by_its_key(body: object, hidden: object) -> None:
    written = json.dumps(body, ensure_ascii=False).encode()
    assert json.loads(hide_text(written, JSON)) == hidden


@pytest.mark.parametrize(
    "uri",
    [
        "data:image/png;base64,iVBORw0KGgo=",
        "data:image/svg+xml;name=a;base64,aGk=",
        "data:image\\/png;base64,iVB\\/Rw0KGgo=",
    ],
)
def test_pictures_stay(uri: str) -> None:
    body = f'{{"content": "look {uri} now"}}'.encode()
    assert hide_text(body, JSON) == f'{{"content": "xxxx {uri} xxx"}}'.encode()


@pytest.mark.parametrize(
    ("written", "hidden"),
    [
        (rb'"\u65e5\u672c\ud83d\ude00"', rb'"\u0078\u0078\u0078\u0078"'),
        (rb'"\u0041\u0031\u000a\n\"\\"', rb'"\u0078\u0030\u000a\n\"\\"'),
    ],
)
def test_letters_that_are_written_as_escapes_are_hidden_too(written: bytes, hidden: bytes) -> None:
    assert hide_text(written, JSON) == hidden


@pytest.mark.parametrize(
    ("body", "kind", "hidden"),
    [
        (b"I am Ann", "text/plain", b"x xx xxx"),
        (b"I am Ann", "", b"x xx xxx"),
        (b"I am Ann", "application/x-other", b"I am Ann"),
        (b"\x89PNG\xff", "", b"\x89PNG\xff"),
        (b"\x89PNG\xff", "image/png", b"\x89PNG\xff"),
        (b"data: I am Ann\n\n", STREAM, b"data: x xx xxx\n\n"),
        (b'data: {"content": "Ann"}\n\n', "", b'data: {"content": "xxx"}\n\n'),
        (
            b'event: a\nid: b7\ndata: {"delta": "Ann"}',
            STREAM,
            b'event: a\nid: b7\ndata: {"delta": "xxx"}',
        ),
        (b'data: {"content": "Ann \xc3', STREAM, b'data: {"content": "xxx x'),
        (b'{"content": "Ann', JSON, b'{"content": "xxx'),
        (b'{"content": "Ann\nand Bob"}', JSON, b'{"content": "xxx\nxxx xxx"}'),
        (b"", JSON, b""),
    ],
)
def test_a_body_is_hidden_as_what_it_is(body: bytes, kind: str, hidden: bytes) -> None:
    assert hide_text(body, kind) == hidden
