from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from contract.exchange import Request
from contract.fieldpath import is_unicode, parse
from contract.roles import first_id
from injector.conversation import Incoming, shown

ID = "conv_9801m4394evfexfsqb05pv6z39x3"
HEADER = "$request.header.x-conversation-id"
BODY = "$request.body#/elevenlabs_extra_body/id"
PROMPT = {"from": "$request.body#/messages/0/content", "match": "conversation: (conv_[a-z0-9]+)"}


def found(*paths: Any, url: str = "/", headers: Any = None, body: Any = None) -> str | None:
    request = make_mocked_request("POST", url, headers=CIMultiDict(headers or {}))
    return first_id([parse(path) for path in paths], Incoming(request, body))


@pytest.mark.parametrize(
    ("path", "given"),
    [
        (HEADER, {"headers": {"X-CONVERSATION-ID": ID}}),
        ("$request.query.session", {"url": f"/v1/chat/completions?a=1&session={ID}"}),
        ("$request.path.1", {"url": f"/tenant/{ID}/chat/completions?x=/y/z"}),
        (BODY, {"body": {"elevenlabs_extra_body": {"id": ID}}}),
        (PROMPT, {"body": {"messages": [{"content": f"Be kind. conversation: {ID}. Hello"}]}}),
    ],
)
def test_the_id_is_found_where_the_path_says(path: Any, given: dict[str, Any]) -> None:
    assert found(path, **given) == ID


def test_paths_are_tried_in_order() -> None:
    body = {"elevenlabs_extra_body": {"id": "conv_body"}}
    both: dict[str, Any] = {"headers": {"x-conversation-id": "conv_header"}, "body": body}
    assert found(HEADER, BODY, **both) == "conv_header"
    assert found(BODY, HEADER, **both) == "conv_body"
    assert found(HEADER, BODY, body=body) == "conv_body"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "{{system__conversation_id}}",
        "null",
        "undefined",
        "conv_\udcff",
        "\ufffd",
    ],
)
def test_what_names_no_conversation_is_passed_over(value: str) -> None:
    body = {"elevenlabs_extra_body": {"id": ID}, "call": {"id": value}}
    assert found("$request.body#/call/id", BODY, body=body) == ID
    assert found("$request.body#/call/id", body=body) is None


def test_without_a_path_there_is_no_id() -> None:
    assert found(headers={"x-conversation-id": ID}) is None


@pytest.mark.parametrize(
    "url", [f"/a%2Fb/{ID}?q=%7B&q=2", "/?q=a+b", "/%E2%82%AC/", "//x//", "/a?b?c=d&=&q"]
)
@pytest.mark.parametrize("path", ["$request.query.q", "$request.path.0", "$request.path.1"])
def test_a_served_request_reads_like_a_recorded_one(url: str, path: str) -> None:
    assert found(path, url=url) == parse(path).find(Request("POST", url))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", True), ("ключ 🐈\x00", True), ("\ud800", False), ("a\udcff", False)],
)
def test_half_of_a_pair_is_no_text(text: str, *, expected: bool) -> None:
    assert is_unicode(text) is expected


def test_an_id_is_one_line_of_the_log() -> None:
    assert shown(None) == "-"
    assert shown("conv_1") == "'conv_1'"
    assert shown("conv_1\r\nturn forged: attached") == r"'conv_1\r\nturn forged: attached'"
    long = shown("You are a kind agent. " * 1000)
    assert len(long) < 100
    assert long.endswith("(22,000 characters)")
