import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.convai import frames
from rehearsal.convai.frames import (
    Background,
    BadFrame,
    Noted,
    Opening,
    Pong,
    Sound,
    ToolResult,
    Typed,
    parse,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    [
        *("text", "file", "files", "file_id", "event_id", "tool_call_id", "result", "is_error"),
        *("custom_llm_extra_body", "conversation_config_override", "dynamic_variables", "user_id"),
        *("agent", "conversation", "prompt", "first_message", "language", "text_only"),
        "user_audio_chunk",
    ]
)
INNER = st.recursive(JSON, lambda it: st.dictionaries(MEMBERS, it, max_size=3), max_leaves=6)


def parsed(**value: Any) -> frames.Frame:
    return parse(json.dumps(value))


@given(st.text())
def test_any_text_is_a_frame_or_a_bad_one(text: str) -> None:
    with suppress(BadFrame):
        parse(text)


@given(st.sampled_from(list(frames._READERS)), st.dictionaries(MEMBERS, INNER, max_size=4))
def test_any_json_is_a_frame_or_a_bad_one_and_what_is_taken_can_be_repeated(
    kind: str, members: dict[str, Any]
) -> None:
    text = json.dumps(members | {"type": kind})
    with suppress(BadFrame):
        frame = parse(text)
        if isinstance(frame, Opening):
            json.dumps(dict(frame.extra_body), allow_nan=False, ensure_ascii=False).encode()
        if isinstance(frame, Typed):
            frame.text.encode()


@pytest.mark.parametrize("text", ["[" * 5000, "9" * 5000, "{" * 5000, '{"type":' + "[" * 5000])
def test_what_cannot_be_read_is_a_bad_frame(text: str) -> None:
    with pytest.raises(BadFrame):
        parse(text)


@given(st.binary())
def test_sound_is_what_was_sent(pcm: bytes) -> None:
    assert parsed(user_audio_chunk=base64.b64encode(pcm).decode()) == Sound(pcm)


def test_the_frames_of_both_sdks() -> None:
    assert parsed(
        type="conversation_initiation_client_data",
        conversation_config_override={
            "agent": {"first_message": "", "prompt": {"prompt": "p"}, "language": "de"},
            "tts": {},
            "conversation": {"text_only": True},
        },
        custom_llm_extra_body={"a": {"b": 2}},
        dynamic_variables={"n": 1},
        user_id="u1",
        source_info={"source": "react_sdk", "version": "1.15.2"},
    ) == Opening(
        text_only=True,
        extra_body={"a": {"b": 2}},
        variables={"n": 1},
        user_id="u1",
        prompt="p",
        first_message="",
        language="de",
    )
    assert parsed(
        type="conversation_initiation_client_data",
        custom_llm_extra_body={},
        conversation_config_override={"text_only": True},
        dynamic_variables={},
    ) == Opening(text_only=True)
    assert parsed(type="conversation_initiation_client_data") == Opening()
    assert parsed(type="user_message", text="hi") == Typed("hi")
    assert parsed(type="user_message") == Typed("")
    assert parsed(type="contextual_update", text="c", context_id="1") == Background("c")
    assert parsed(type="pong", event_id=3) == Pong(3)
    assert parsed(type="user_activity") == Noted("user_activity")
    assert parsed(
        type="client_tool_result", tool_call_id="t", result={"a": 1}, is_error=False
    ) == ToolResult("t", '{"a":1}', is_error=False)


FILE = {"type": "file_input", "file_id": "file_1"}


@pytest.mark.parametrize(
    ("members", "files"),
    [
        ({"file": FILE}, ("file_1",)),
        ({"file": FILE, "files": [FILE, FILE | {"file_id": "file_2"}]}, ("file_1", "file_2")),
        ({"file": None, "files": []}, ()),
    ],
)
def test_files_are_taken_in_both_of_their_places(
    members: dict[str, Any], files: tuple[str, ...]
) -> None:
    text = {"type": "user_message", "text": "hi"}
    assert parsed(type="multimodal_message", text=text, **members) == Typed("hi", files)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"type": "multimodal_message", "files": "x"}, "files is no list"),
        ({"type": "multimodal_message", "file": "x"}, "file_id is missing"),
        ({"type": "contextual_update"}, "text is missing"),
        ({"type": "pong", "event_id": True}, "event_id is no whole number"),
        ({"type": "client_tool_result", "result": ""}, "tool_call_id is missing"),
        ({"type": 7}, "no type"),
        ({"type": "x" * 1000}, "x" * 40),
        ({"user_audio_chunk": 7}, "not base64"),
    ],
)
def test_a_bad_frame_says_why(members: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadFrame) as caught:
        parsed(**members)
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 100
