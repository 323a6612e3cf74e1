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
    """Tell whether nothing is left but x, z, 0, marks and words that may be IDs."""
    left = re.sub(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{8,128}", "", text)
    return text.isascii() and re.fullmatch(r"[^A-Za-z1-9]*", re.sub("[xz]", "", left)) is not None


keys = st.sampled_from([None, b"one key", b"another key"])


@given(chat(said), st.booleans(), st.sampled_from([None, 2]), keys)
def test_nobody_can_read_what_was_said_and_the_rest_stays(
    value: dict[str, Any], ascii_only: bool, indent: int | None, key: bytes | None
) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    hidden = hide_text(body, JSON, key)
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
    # What is not the same is hidden: who said it stood behind it, or the end that made it an ID.
    other = bytes(one for one, there in zip(hidden, whole, strict=False) if one != there)
    assert re.fullmatch(rb"[x0\\u]*", other)


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        ({"content": SAID}, {"content": "xx xxxx xx 0000 xx xxxxxxx xxxxxx"}),
        ({"content": "日本2023年に"}, {"content": "xxxxxx0000xxxxxx"}),
        ({"content": "conv_8a7d6f5e is mine"}, {"content": "conv_8a7d6f5e xx xxxx"}),
        ({"content": "my plate is AB123CDE"}, {"content": "xx xxxxx xx xx000xxx"}),
        ({"content": "a\nconv_8a7d6f5e"}, {"content": "x\nconv_8a7d6f5e"}),
        (
            {"content": "key redacted-0123456789abcdef"},
            {"content": "xxx redacted-0123456789abcdef"},
        ),
        ({"content": "I am {{user_name}}."}, {"content": "x xx {{user_name}}."}),
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


LABELLED = [
    ("See conversation id: qwhzkpvmtr", "conversation id: qwhzkpvmtr"),
    ("The Conversation-ID is qwhzkpvmtr.", "Conversation-ID is qwhzkpvmtr"),
    ('{"conversation_id": "qwhzkpvmtr"}', 'conversation_id": "qwhzkpvmtr'),
    ("session=qwhzkpvmtr", "session=qwhzkpvmtr"),
    ("line\nsession_id = `qwhzkpvmtr`", "session_id = `qwhzkpvmtr"),
    ("id: qwhzkpvmtr", "id: qwhzkpvmtr"),
    ("see <call_id>qwhzkpvmtr</call_id>", "<call_id>qwhzkpvmtr</call_id>"),
    ("<session> 48213 </session>", "<session> 48213 </session>"),
    ("Your session is 48213", "session is 48213"),
    ("line\nCall: 48213", "Call: 48213"),
    ("chat #48213", "chat #48213"),
    ("reference ab12cd34ef of it", "ab12cd34ef"),
]


@pytest.mark.parametrize(("text", "kept"), LABELLED)
@pytest.mark.parametrize("place", ["system", "developer", "instructions", "parts", "role last"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_what_a_prompt_calls_an_id_stays_with_its_label(
    text: str, kept: str, place: str, ascii_only: bool
) -> None:
    said = f"Größe: be kind. {text}"
    message = {"role": place, "content": said}
    body: Any = {"messages": [message]}
    parts = [{"type": "text", "text": said}]
    if place == "instructions":
        body = {"instructions": said}
    elif place == "parts":
        body = {"messages": [{"role": "system", "content": parts}]}
    elif place == "role last":
        body = {"messages": [{"content": said, "role": "system"}]}
    hidden = hide_text(json.dumps(body, ensure_ascii=ascii_only).encode(), JSON, b"key")
    (left,) = spoken(json.loads(hidden))
    assert kept in left
    assert is_hidden(left.replace(kept, ""))


@pytest.mark.parametrize(("text", "kept"), LABELLED)
@pytest.mark.parametrize("role", ["user", "assistant", "tool", None])
def test_what_people_call_an_id_is_hidden(text: str, kept: str, role: str | None) -> None:
    body = {"messages": [{"role": role, "content": text}]}
    (left,) = spoken(json.loads(hide_text(json.dumps(body).encode(), JSON, b"key")))
    assert kept not in left
    assert is_hidden(left)


@pytest.mark.parametrize(
    "text",
    [
        "The caller is Anna",
        "Caller number: 14155550123",
        "Session: ask first",
        "You are on a call, be brief",
        "mail of the chat: anna@example.com",
    ],
)
def test_what_else_a_prompt_says_is_hidden(text: str) -> None:
    body = {"messages": [{"role": "system", "content": text}]}
    (left,) = spoken(json.loads(hide_text(json.dumps(body).encode(), JSON)))
    assert is_hidden(left)


@given(said, said)
def test_texts_are_equal_or_not_as_they_were(one: str, other: str) -> None:
    hidden = [hide_text(json.dumps([it]).encode(), JSON, b"key") for it in (one, one, other)]
    assert hidden[0] == hidden[1]
    words = [re.findall(r"[A-Za-z]{20,}", it) for it in (one, other)]
    assert hidden[0] != hidden[2] or words[0] == words[1]


def test_a_text_that_was_cut_is_the_beginning_of_the_whole() -> None:
    whole = "The cat on the picture is black and white, and it sleeps in the sun."
    hidden = json.loads(hide_text(json.dumps([whole]).encode(), JSON, b"key"))[0]
    cut = json.loads(hide_text(json.dumps([whole[:41]]).encode(), JSON, b"key"))[0]
    assert hidden.startswith(cut)
    other = json.loads(hide_text(json.dumps(["Who" + whole[3:]]).encode(), JSON, b"key"))[0]
    assert len({hidden[40:], other[40:]}) == 2


def test_the_time_of_day_in_a_prompt_changes_nothing() -> None:
    one, other = (hide_text(f'["at 1{digit}:30 be kind"]'.encode(), JSON, b"k") for digit in "02")
    assert one == other


def test_texts_nested_however_deep_are_hidden() -> None:
    depth = 100_000
    body = b'{"content":["ab",' * depth + b"1" + b"]}" * depth
    assert hide_text(body, JSON) == body.replace(b"ab", b"xx")


def test_a_text_of_any_length_is_hidden() -> None:
    text = 'größer\\ " 12 ' * 20_000
    for key in (None, b"key"):
        (left,) = json.loads(hide_text(json.dumps([text]).encode(), JSON, key))
        assert is_hidden(left)


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
