"""A message as a reader of the conversation sees it."""

import base64
from pathlib import Path
from typing import Any

import pytest

from capture.report.pictures import Pictures
from capture.report.sayings import Saying, saying
from capture.report.tree import Tree

CAT = (Path(__file__).parents[3] / "rehearsal" / "photos" / "cat.webp").read_bytes()
URI = f"data:image/webp;base64,{base64.b64encode(CAT).decode()}"


def told(message: Any, answer: str = "", *words: str) -> Saying:
    return saying(message, Tree(Pictures()), words, answer)


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


@pytest.mark.parametrize(
    ("role", "side"),
    [("user", "user"), ("developer", "system"), ("tool", "tool"), ("narrator", "other")],
)
def test_who_speaks_is_told(role: str, side: str) -> None:
    assert (told(said(role, "Hi")).role, told(said(role, "Hi")).side) == (role, side)


PARTS: dict[str, tuple[Any, str]] = {
    "text": ("a < b", "a &lt; b"),
    "parts": ([{"type": "text", "text": "a"}, {"type": "input_text", "text": "b"}], "b"),
    "a picture": ([{"type": "image_url", "image_url": {"url": URI}}], "picture 1"),
    "a picture of Responses": ([{"type": "input_image", "image_url": URI}], "picture 1"),
    "an address": (
        [{"type": "image_url", "image_url": {"url": "http://x.example"}}],
        "x.example",
    ),
    "no base64": ([{"type": "image_url", "image_url": {"url": "data:a/b;base64,€"}}], "no base64"),
    "something else": ([{"type": "audio", "id": "a7"}, 7, None], "a7"),
    "nothing": (None, "role"),
    "an object": ({"a": 1}, "role"),
}


@pytest.mark.parametrize(("content", "shown"), PARTS.values(), ids=PARTS)
def test_every_kind_of_content_is_shown(content: Any, shown: str) -> None:
    assert shown in told(said("user", content)).said


@pytest.mark.parametrize("message", [None, 7, "x", [1], {}, {"tool_calls": 7}])
def test_what_is_no_message_is_shown_as_it_is(message: Any) -> None:
    assert told(message).said


def test_of_a_long_role_and_a_long_tool_the_rest_is_counted() -> None:
    call = {"function": {"name": "n" * 90, "arguments": ""}}
    long = told(said("r" * 100, None, tool_calls=[call]))
    assert "⟨20 more characters are left out here⟩" in long.role
    assert "⟨10 more characters are left out here⟩" in long.said


def test_calls_of_tools_are_told() -> None:
    call = {"id": "c", "function": {"name": "end_call", "arguments": '{"a": 1}'}}
    for message in (
        said("assistant", None, tool_calls=[call]),
        {"type": "function_call", "name": "end_call", "arguments": '{"a": 1}'},
    ):
        shown = told(message).said
        assert "calls <b>end_call</b>" in shown
        assert "{&#34;a&#34;: 1}" in shown


def test_items_of_the_responses_api_are_told_by_who_speaks() -> None:
    call = told({"type": "function_call", "name": "look", "arguments": "{}"})
    output = told({"type": "function_call_output", "output": "seen"})
    assert (call.role, call.side) == ("assistant", "assistant")
    assert (output.role, output.side) == ("tool", "tool")


@pytest.mark.parametrize("calls", [[7], [{"function": 7}], [{"function": {"name": 7}}], {}])
def test_calls_of_no_shape_break_nothing(calls: Any) -> None:
    told(said("assistant", "Hi", tool_calls=calls))


def test_the_answer_before_is_not_told_again() -> None:
    echo = told(said("assistant", "A red boat."), "A red boat. ")
    assert (echo.said, echo.note) == ("", "the answer to the turn before, as it came")


def test_an_interrupted_answer_is_told_as_far_as_it_was_heard() -> None:
    cut = told(said("assistant", "A red…"), "A red boat on a lake.")
    assert "A red…" in cut.said
    assert cut.note == "only this much of the answer before was spoken"
    assert told(said("assistant", "..."), "A red boat.").note == ""
    assert told(said("assistant", "A blue boat."), "A red boat.").note == ""


def test_words_are_marked_in_the_prompt_only() -> None:
    assert "<mark>conv_1</mark>" in told(said("system", "It is conv_1."), "", "conv_1").said
    assert "<mark>" not in told(said("user", "It is conv_1."), "", "conv_1").said
