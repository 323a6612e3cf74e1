"""Pictures that a platform passes on by itself are kept, and not shown twice."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from injector.body import Api
from injector.shared import Shared
from tests.injector.body.asking import base64_of, picture, relay, value_of

UPLOADED = b"as it was uploaded"
OURS = picture(b"as the model sees it", source=sha256(UPLOADED).hexdigest())
OTHER = picture(b"another")


def uri(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64_of(data)}"


def chat(url: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": url}]}]}


SAME = [
    json.loads(OURS.part),
    uri(b"as the model sees it", "image/jpeg"),
    uri(UPLOADED),
    uri(UPLOADED, "image/png;name=a"),
]
DIFFERENT = [
    uri(b"something else"),
    "https://example.com/as-it-was-uploaded.png",
    "data:image/png,as it was uploaded",
    "data:image/png;base64,A",
    "data:image/png;base64,\u00e9\ud800",
    "data:",
    "",
]


@pytest.mark.parametrize("url", SAME)
@pytest.mark.parametrize("placement", ["last_user", "anchored"])
def test_a_picture_that_is_there_already_is_kept_and_not_doubled(url: str, placement: str) -> None:
    body = json.dumps(chat({"url": url, "detail": "low"}))
    out, found = relay(body, [Shared(OURS)], placement=placement)
    assert out == body
    assert (found.attached, found.kept, dict(found.anchors)) == (0, 1, {})


def test_the_same_data_uri_is_the_same_picture_also_where_it_holds_no_base64() -> None:
    odd = replace(OURS, part=b'"data:image/png;base64,A"', digest="", source="")
    _, found = relay(json.dumps(chat("data:image/png;base64,A")), [Shared(odd)])
    assert (found.attached, found.kept) == (0, 1)


@pytest.mark.parametrize("url", DIFFERENT)
def test_another_picture_is_no_reason_to_keep_ours_back(url: str) -> None:
    out, found = relay(json.dumps(chat({"url": url})), [Shared(OURS)])
    (first, second) = json.loads(out)["messages"][0]["content"]
    assert first["image_url"]["url"] == url
    assert second["image_url"]["url"] == SAME[0]
    assert (found.attached, found.kept) == (1, 0)


@pytest.mark.parametrize(
    "part", [None, 7, "image_url", {"image_url": 7}, {"image_url": {"url": 7}}]
)
def test_a_part_that_is_no_picture_is_passed_over(part: Any) -> None:
    body = {"messages": [{"role": "user", "content": [part]}]}
    _, found = relay(json.dumps(body), [Shared(OURS)])
    assert (found.attached, found.kept) == (1, 0)


def test_only_what_is_missing_is_attached() -> None:
    out, found = relay(json.dumps(chat({"url": SAME[2]})), [Shared(OURS), Shared(OTHER)])
    urls = [part["image_url"]["url"] for part in json.loads(out)["messages"][0]["content"]]
    assert urls == [SAME[2], json.loads(OTHER.part)]
    assert (found.attached, found.kept) == (1, 1)


@pytest.mark.parametrize(
    "item",
    [
        {"role": "user", "content": [{"type": "input_image", "image_url": SAME[2]}]},
        {"type": "function_call_output", "output": [{"type": "input_image", "image_url": SAME[2]}]},
        {"role": "assistant", "content": [{"type": "input_image", "image_url": SAME[2]}]},
    ],
)
def test_a_picture_is_found_anywhere_in_the_input(item: dict[str, Any]) -> None:
    body = {"input": [item, {"role": "user", "content": "hi"}]}
    assert value_of(body, [Shared(OURS)], api=Api.RESPONSES) == body
    assert relay(json.dumps(body), [Shared(OURS)], api=Api.RESPONSES)[1].kept == 1
