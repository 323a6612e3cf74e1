"""The head of a request: what of the client's reaches the model's side, and nothing else."""

import pytest
from multidict import CIMultiDict

from injector.upstream.request import PASSED_ON, Heads

KEY = "sk-1"


def head(
    base_url: str = "http://model:8001/v1",
    headers: dict[str, str] | None = None,
    *,
    api_key: str = KEY,
    pass_authorization: bool = False,
    size: int | None = 7,
    is_streamed: bool = False,
) -> list[str]:
    heads = Heads(base_url, api_key, pass_authorization=pass_authorization)
    text = heads.head(
        "POST", "/x", CIMultiDict(headers or {}), size=size, is_streamed=is_streamed
    ).decode("utf-8", "surrogateescape")
    assert text.endswith("\r\n\r\n")
    return text.removesuffix("\r\n\r\n").split("\r\n")


def test_a_head_says_where_to_whom_and_how_much() -> None:
    assert head() == [
        "POST /v1/x HTTP/1.1",
        "Host: model:8001",
        "Authorization: Bearer sk-1",
        "Content-Type: application/json",
        "Accept-Encoding: identity",
        "Content-Length: 7",
    ]


@pytest.mark.parametrize(
    ("base_url", "path", "host"),
    [
        ("http://model", "/x", "model"),
        ("http://model/", "/x", "model"),
        ("https://model/a/b%20c", "/a/b%20c/x", "model"),
        ("http://[::1]:9/v1", "/v1/x", "[::1]:9"),
        ("http://exämple.com:9/v1", "/v1/x", "xn--exmple-cua.com:9"),
    ],
)
def test_a_base_url_of_any_form_is_understood(base_url: str, path: str, host: str) -> None:
    assert head(base_url)[:2] == [f"POST {path} HTTP/1.1", f"Host: {host}"]


def test_a_request_without_a_body_has_no_length() -> None:
    assert not [line for line in head(size=None) if line.startswith("Content-Length")]


def test_only_the_named_headers_reach_the_models_side() -> None:
    sent = {name: f"v-{name}" for name in (*PASSED_ON, "Cookie", "X-Conversation-Id", "Host")}
    passed = head(headers={name.lower(): value for name, value in sent.items()})
    assert [line for line in passed if ": v-" in line] == [f"{n}: v-{n}" for n in PASSED_ON]


def test_a_stream_is_asked_for_as_it_is_and_a_whole_answer_as_the_client_likes_it() -> None:
    accepts = {"Accept-Encoding": "gzip, br"}
    assert "Accept-Encoding: gzip, br" in head(headers=accepts)
    assert "Accept-Encoding: identity" in head(headers=accepts, is_streamed=True)


@pytest.mark.parametrize(
    ("api_key", "pass_authorization", "expected"),
    [
        (KEY, False, "Bearer sk-1"),
        (KEY, True, "Bearer sk-1"),
        ("", True, "Bearer of-the-client"),
        ("", False, None),
    ],
)
def test_the_key_is_ours_or_the_clients_or_none(
    api_key: str, expected: str | None, *, pass_authorization: bool
) -> None:
    sent = {"authorization": "Bearer of-the-client"}
    lines = head(headers=sent, api_key=api_key, pass_authorization=pass_authorization)
    given = [line.partition(": ")[2] for line in lines if line.startswith("Authorization")]
    assert given == ([] if expected is None else [expected])


def test_bytes_that_are_no_text_go_on_as_they_are() -> None:
    assert "Accept: \udcff" in head(headers={"Accept": "\udcff"})


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("application/json; charset=utf-8", "application/json; charset=utf-8"),
        ("application/x-www-form-urlencoded", "application/json"),
        ("", "application/json"),
    ],
)
def test_the_body_is_called_json_whatever_the_client_calls_it(given: str, sent: str) -> None:
    assert f"Content-Type: {sent}" in head(headers={"content-type": given})
    assert not [line for line in head(size=None) if line.startswith("Content-Type")]
