"""A turn as one value: nothing that says who called, what was said, or a secret."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from capture.drift.outline import ANY_KEY, LONG, outline
from capture.drift.turn import turn
from contract.exchange import Exchange, Request, Response


def exchange(
    body: Any = None,
    *,
    url: str = "http://h/v1/chat/completions",
    headers: Sequence[tuple[str, str]] = (),
    version: str = "HTTP/1.1",
    response: Response | None = None,
    complete: bool = True,
) -> Exchange:
    data = b"" if body is None else json.dumps(body).encode()
    request = Request("POST", url, tuple(headers), data, version)
    return Exchange("1", datetime(2026, 1, 1, tzinfo=UTC), request, response, complete)


def test_headers_have_no_case_no_order_and_no_secret() -> None:
    one = [("X-Key", "a"), ("Authorization", "Bearer sk-1"), ("Cookie", "session=2")]
    other = [(name.upper(), value.replace("1", "3")) for name, value in reversed(one)]
    assert turn(exchange(headers=one)) == turn(exchange(headers=other))
    assert turn(exchange(headers=one))["headers"] == {
        "x-key": "a",
        "authorization": "Bearer …",
        "cookie": "…",
    }


def test_what_http_2_says_in_place_of_a_request_line_is_no_header() -> None:
    assert turn(exchange(headers=[(":authority", "h")]))["headers"] == {}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("HTTP/1.1", "HTTP/1.1"),
        ("http/1.1", "HTTP/1.1"),
        ("HTTP/2.0", "HTTP/2"),
        ("HTTP/2", "HTTP/2"),
        ("h2", "HTTP/2"),
        ("h3", "HTTP/3"),
        ("unknown", None),
        ("", None),
    ],
)
def test_a_version_has_one_spelling(written: str, read: str | None) -> None:
    assert turn(exchange(version=written))["request"].get("version") == read


@pytest.mark.parametrize(
    "segment",
    ["12345", "conv_01m83p4dr064z9b2p3s5a2sw0v", "0f8fad5b-d9cb-469f-a165-70867728950e"],
)
def test_an_id_in_the_path_is_no_part_of_its_shape(segment: str) -> None:
    found = turn(exchange(url=f"http://h/v1/{segment}/chat/completions"))
    assert found["request"]["path"] == f"/v1/{ANY_KEY}/chat/completions"


def test_nothing_is_kept_of_what_was_said() -> None:
    said = "Nobody must read this, not even in part."
    body = {"messages": [{"role": "user", "content": said}], "input": said}
    values = {value for node in outline(turn(exchange(body))).values() for value in node.values}
    assert said not in values
    assert LONG in values


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_body_that_is_no_object_is_a_turn_too(body: Any) -> None:
    assert turn(exchange(body))["body"] == body


@pytest.mark.parametrize(
    "messages", [[], [7], [{}], [{"role": 7}], [{"role": "user"}], "text", {"a": 1}]
)
def test_messages_of_no_known_shape_break_nothing(messages: Any) -> None:
    assert outline(turn(exchange({"messages": messages, "tools": [7, {}, {"function": 7}]})))


def test_of_an_answer_that_was_cut_short_no_fields_are_compared() -> None:
    data = b'data: {"id": "1", "choices": []}\n\n'
    cut = Response(200, (("Content-Type", "text/event-stream"),), data, ((1.0, len(data)),))
    assert "stream" in turn(exchange(response=cut))
    assert "stream" not in turn(exchange(response=cut, complete=False))
    assert turn(exchange(response=cut, complete=False))["answers"]["status"] == "200"


@pytest.mark.parametrize("text", ["x" * 65, "one of the many things people say"])
def test_of_a_long_text_it_is_only_known_that_it_is_long(text: str) -> None:
    assert outline({"note": text})["note",].values == {LONG}


def test_keys_that_are_ids_share_a_step() -> None:
    found = outline({"people": {"0f8fad5b-d9cb-469f-a165-70867728950e": 1, "17": 2, "name": 3}})
    assert set(found) == {(), ("people",), ("people", ANY_KEY), ("people", "name")}


def test_elements_are_told_apart_by_type_and_not_by_number() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}, {"type": "image_url"}]
    found = outline({"content": parts})
    assert found["content", "[text]", "text"].count == 2
    assert ("content", "[image_url]") in found


def test_deep_nesting_ends_somewhere() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    assert len(outline(deep)) < 50
