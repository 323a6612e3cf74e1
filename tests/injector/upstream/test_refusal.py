"""What an attempt that failed is taken for."""

import gzip
import json
from typing import Any

import pytest

from contract.config import Upstream
from contract.errors import UpstreamFailed, UpstreamTimeout
from injector.upstream.failure import Broken, ErrorAnswer, Failure, Garbled, Silent
from injector.upstream.opening import NoStream, NothingSaid, Refused
from injector.upstream.pool import NoConnection, TooSlow
from injector.upstream.refusal import from_answer, from_connection, from_stream, looked_at

SIDE = Upstream(base_url="http://model/v1", api_key="sk-private")
NOW = 1_700_000_000.0


def answered(status: int, error: Any = None, **headers: str) -> Failure:
    body = error if isinstance(error, bytes) else json.dumps({"error": error}).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return from_answer(SIDE, ErrorAnswer(status, "", named, body), NOW)


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 520, 529])
def test_what_may_pass_may_be_asked_again(status: int) -> None:
    failure = answered(status, {"message": "later"})
    assert (failure.may_pass, failure.about_picture) == (True, False)
    assert failure.label == f"status {status}"


@pytest.mark.parametrize("status", [300, 301, 307, 401, 402, 403, 404, 405, 410, 451])
def test_what_does_not_pass_is_not_asked_again(status: int) -> None:
    failure = answered(status, {"message": "no"})
    assert (failure.may_pass, failure.about_picture) == (False, False)


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_an_error_about_the_body_may_be_the_pictures_whatever_its_words(status: int) -> None:
    failure = answered(status, {"message": "?"})
    assert (failure.may_pass, failure.about_picture) == (False, True)


@pytest.mark.parametrize(
    ("message", "about"),
    [
        ("image input is not supported - provide the mmproj", True),
        ("this is not a multimodal model", True),
        ("Could not process picture", True),
        ("overloaded", False),
    ],
)
def test_an_error_of_the_server_is_the_pictures_only_if_it_says_so(
    message: str, *, about: bool
) -> None:
    assert answered(500, {"message": message}).about_picture is about


@pytest.mark.parametrize(
    "code", ["insufficient_quota", "invalid_api_key", "authentication_error", "model_not_found"]
)
def test_an_error_that_is_there_for_good_is_not_asked_again(code: str) -> None:
    assert not answered(429, {"message": "no", "code": code}).may_pass
    assert not answered(500, {"message": "no", "type": code}).may_pass


@pytest.mark.parametrize(("status", "word", "may"), [(429, "false", False), (400, "true", True)])
def test_the_models_side_may_say_itself_whether_to_ask_again(
    status: int, word: str, *, may: bool
) -> None:
    assert answered(status, {"message": "m"}, x_should_retry=word).may_pass is may


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, 0.0),
        ({"Retry_After": "2"}, 2.0),
        ({"Retry_After": "0.5"}, 0.5),
        ({"Retry_After": " 2 "}, 2.0),
        ({"Retry_After": "-3"}, 0.0),
        ({"Retry_After": "soon"}, 0.0),
        ({"Retry_After": ""}, 0.0),
        ({"Retry_After": "Tue, 14 Nov 2023 22:13:23 GMT"}, 3.0),
        ({"Retry_After": "Tue, 14 Nov 2023 22:13:00 GMT"}, 0.0),
        ({"retry_after_ms": "250", "Retry_After": "9"}, 0.25),
        ({"retry_after_ms": "x", "Retry_After": "9"}, 9.0),
    ],
)
def test_a_wait_is_read_in_all_its_forms(headers: dict[str, str], wait: float) -> None:
    assert answered(429, {"message": "m"}, **headers).wait == wait


@pytest.mark.parametrize("value", ["nan", "inf", "1e999"])
def test_a_wait_that_is_no_time_leads_nowhere(value: str) -> None:
    wait = answered(429, {"message": "m"}, retry_after=value).wait
    assert wait == 0.0 or wait > 1e300


def test_what_may_be_logged_is_the_errors_codes_and_neither_its_words_nor_our_key() -> None:
    error = {"message": "you said: my heart", "type": "t", "code": "c\nsk-private", "param": "p"}
    failure = answered(500, error)
    assert failure.detail == "t, c ***, p"
    failure = answered(500, {"message": "Incorrect API key: sk-private", "code": "x" * 500})
    assert failure.detail == "x" * 200
    assert "sk-private" not in f"{failure}"
    failure = from_stream(SIDE, Refused("you said: my heart", ("server_error",)))
    assert failure.detail == "server_error"


@pytest.mark.parametrize("body", [b"", b"<html>\xff</html>", b"[]", b'{"error": null}', b"7"])
def test_an_error_of_any_form_is_understood(body: bytes) -> None:
    failure = answered(503, body)
    assert failure.answer is not None
    assert failure.answer.body == body
    assert failure.may_pass


def test_a_coded_error_is_read() -> None:
    body = gzip.compress(b'{"error": {"message": "no image please", "code": "x"}}')
    failure = answered(500, body, Content_Encoding="gzip")
    assert (failure.detail, failure.about_picture) == ("x", True)


@pytest.mark.parametrize(
    ("error", "kind", "may_pass", "about_picture"),
    [
        (NothingSaid(), "empty", True, False),
        (NoStream("its lines are no events"), "garbage", True, False),
        (Refused("overloaded", ("server_error",)), "error event", True, False),
        (Refused("no", ("insufficient_quota",)), "error event", False, False),
        (Refused("bad", ("invalid_request_error",)), "error event", False, True),
        (Refused("bad", ("server_error", "invalid_image")), "error event", True, True),
    ],
)
def test_a_stream_without_an_answer_is_a_failure(
    error: NothingSaid | NoStream | Refused, kind: str, *, may_pass: bool, about_picture: bool
) -> None:
    failure = from_stream(SIDE, error)
    assert (failure.kind, failure.may_pass, failure.about_picture) == (
        kind,
        may_pass,
        about_picture,
    )
    assert failure.says.startswith("upstream sent ")


@pytest.mark.parametrize(
    ("error", "kind", "told", "words"),
    [
        (NoConnection("cannot be reached (no)"), "connect refused", UpstreamFailed, "base_url"),
        (
            TooSlow("no connection within 2 s"),
            "connect timeout",
            UpstreamTimeout,
            "connect_timeout",
        ),
        (Silent("it said nothing within 3 s"), "timeout", UpstreamTimeout, "nothing within 3 s"),
        (Broken("gone"), "broken", UpstreamFailed, "broke off before its answer: gone"),
        (Garbled("no HTTP"), "garbage", UpstreamFailed, "no HTTP"),
    ],
)
def test_a_connection_that_did_not_hold_is_a_failure(
    error: Any, kind: str, told: type[Exception], words: str
) -> None:
    failure = from_connection(SIDE, error)
    assert failure.kind == kind
    assert failure.may_pass
    assert isinstance(failure.error, told)
    assert words in str(failure.error)
    assert "http://model/v1" in str(failure.error)
    assert failure.says.isascii()


@pytest.mark.parametrize(
    ("status", "setting"), [(401, "api_key"), (403, "api_key"), (404, "model"), (404, "base_url")]
)
def test_what_the_configuration_may_be_at_fault_for_is_said(status: int, setting: str) -> None:
    assert f"injector.upstream.{setting}" in answered(status, {"message": "no"}).detail


def test_of_a_small_body_that_is_packed_from_a_large_one_only_the_beginning_is_looked_at() -> None:
    packed = gzip.compress(bytes(100 << 20), mtime=0)
    assert len(looked_at(packed, "gzip")) <= 64 << 10
    whole = json.dumps({"error": {"code": "x", "message": "y" * 200_000}}).encode()
    assert looked_at(whole, "") == whole.decode()
