import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injector.usage import TAIL, Usage, usage_in

CHAT = {
    "prompt_tokens": 1200,
    "completion_tokens": 34,
    "total_tokens": 1234,
    "prompt_tokens_details": {"cached_tokens": 1024, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0},
}
RESPONSES = {
    "input_tokens": 1200,
    "input_tokens_details": {"cached_tokens": 1024},
    "output_tokens": 34,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 1234,
}
TRUE = Usage(1200, 34, 1024)


def event(value: Any, name: str | None = None) -> bytes:
    told = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return ((f"event: {name}\n" if name else "") + f"data: {told}\n\n").encode()


def chat_stream(text: str, usage: Any) -> bytes:
    said = {"choices": [{"index": 0, "delta": {"content": text}}], "usage": None}
    last = {"id": "c", "choices": [], "usage": usage}
    return event(said) + event(last) + b"data: [DONE]\n\n"


def responses_stream(text: str, usage: Any) -> bytes:
    started = {"response": {"status": "in_progress", "usage": None}}
    whole = {
        "type": "response.completed",
        "response": {"output": [{"text": text}], "usage": usage, "metadata": {}, "user": None},
    }
    return event(started, "response.created") + event(whole, "response.completed")


@pytest.mark.parametrize(
    "answer",
    [
        chat_stream("Hello", CHAT),
        responses_stream("Hello", RESPONSES),
        json.dumps({"choices": [{"message": {"content": "x"}}], "usage": CHAT}).encode(),
        json.dumps(
            {"output": [], "usage": RESPONSES, "metadata": {"usage": "x"}}, indent=2
        ).encode(),
        event({"usage": {**CHAT, "completion_tokens": 12}}) + event({"usage": CHAT}),
        event({"usage": CHAT}) + event({"usage": None}),
        event({"usage": CHAT}).replace(b'"usage":', b'"usage" :\r\n '),
    ],
)
def test_the_usage_is_found_where_it_stands_last(answer: bytes) -> None:
    assert usage_in(answer) == TRUE


def test_an_answer_longer_than_the_tail_tells_it_all_the_same() -> None:
    answer = responses_stream("é" * 3 * TAIL, RESPONSES)
    for shift in range(4):  # one of these cuts a character in two
        assert usage_in(answer[-TAIL - shift :]) == TRUE


@pytest.mark.parametrize("details", [None, {}, [], {"cached_tokens": None}, {"cached_tokens": "9"}])
def test_cached_tokens_are_none_where_nothing_is_said_of_them(details: Any) -> None:
    told = {"prompt_tokens": 3, "completion_tokens": 4, "prompt_tokens_details": details}
    assert usage_in(event({"usage": told})) == Usage(3, 4, 0)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"data: [DONE]\n\n",
        b'"usage"',
        b'{"usage":',
        b'{"usage":{',
        b'{"usage":{"prompt_tokens":12',
        b'{"usage":{"prompt_tokens":12}}',
        b'{"usage":{"prompt_tokens":1.5,"completion_tokens":2}}',
        b'{"usage":{"prompt_tokens":true,"completion_tokens":2}}',
        b'{"usage":{"prompt_tokens":-1,"completion_tokens":2}}',
        b'{"usage":{"prompt_tokens":"1","completion_tokens":2}}',
        b'{"usage":{"prompt_tokens":1' + b"0" * 20 + b',"completion_tokens":2}}',
        b'{"usage":{"prompt_tokens":' + b"9" * 5000 + b',"completion_tokens":2}}',
        b'{"usage":[{"prompt_tokens":1,"completion_tokens":2}]}',
        b'{"usage":null}',
        b'{"x\\"usage":{"prompt_tokens":1,"completion_tokens":2}}',
        b'{"usage"x:{"prompt_tokens":1,"completion_tokens":2}}',
        b'{"x":"usage"}',
        b'{"usage"{"prompt_tokens":1,"completion_tokens":2}:1}',
        b'{"usage":' + b'{"a":' * 3000,
        b'{"usage":' + b'{"a":[' * 5000,
        gzip.compress(chat_stream("Hello", CHAT)),
        bytes(range(256)) * 64,
    ],
)
def test_there_is_none_where_none_is_told(answer: bytes) -> None:
    assert usage_in(answer) is None


def test_nothing_that_was_said_is_taken_for_it() -> None:
    lie = json.dumps({"usage": {"prompt_tokens": 1, "completion_tokens": 1}})
    twice = json.dumps({"usage": lie})
    for text in (lie, twice, lie[1:], f'"{lie[1:]}'):
        stream = chat_stream(text, None)
        for start in range(len(stream)):
            assert usage_in(stream[start:]) is None


@given(
    text=st.text() | st.sampled_from([json.dumps({"usage": CHAT}), '"usage":{}', "data: "]),
    form=st.sampled_from([(chat_stream, CHAT), (responses_stream, RESPONSES)]),
    cut=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_cut_at_any_place_yields_the_truth_or_nothing(
    text: str, form: tuple[Any, Any], cut: tuple[float, float]
) -> None:
    stream = form[0](text.encode("utf-8", "replace").decode(), form[1])
    start, end = (round(place * len(stream)) for place in cut)
    assert usage_in(stream[start:end]) in (TRUE, None)
    if start < stream.rfind(b'"usage"'):
        assert usage_in(stream[start:]) == TRUE


@given(
    st.binary()
    | st.lists(st.sampled_from([b'"usage"', b":", b"{", b"}", b"1", b'"'])).map(b"".join)
)
def test_no_bytes_make_it_fail(tail: bytes) -> None:
    usage_in(b" " + tail)
