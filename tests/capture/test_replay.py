"""What to send again, and whether the answers are what a voice platform needs."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from capture.replay import (
    NOT_SENT,
    Conversation,
    Result,
    headers_to_send,
    judge,
    plan,
    to_json,
    to_junit,
)
from contract.exchange import Exchange, Request, Response
from contract.fieldpath import parse

NOW = datetime(2026, 11, 23, 6, 24, tzinfo=UTC)
SSE = (("Content-Type", "text/event-stream"),)
JSON = (("Content-Type", "application/json"),)
DONE = b"data: [DONE]\n\n"


def event(**delta: Any) -> bytes:
    return f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode()


def stream(*pieces: bytes, context: str | None = None) -> Response:
    headers = (*SSE, ("X-Sightline-Context", context)) if context else SSE
    arrivals = tuple((100.0 * at, len(piece)) for at, piece in enumerate(pieces, start=1))
    return Response(200, headers, b"".join(pieces), arrivals)


def whole(value: Any, status: int = 200) -> Response:
    body = json.dumps(value).encode()
    return Response(status, JSON, body, ((40.0, len(body)),))


GOOD = stream(event(content="A red boat."), DONE)
SAID = {"choices": [{"message": {"content": "Yes."}}]}


def turn(
    said: str = "Hi", answer: Response | None = GOOD, *, streamed: bool = True, **headers: str
) -> Exchange:
    messages = [{"role": "user", "content": said}]
    body = json.dumps({"messages": messages, "stream": streamed}).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange(said, NOW, Request("POST", "http://h/v1/chat/completions", named, body), answer)


def judged(now: Response | None, recorded: Exchange | None = None, pictures: int = 0) -> Result:
    return judge(Conversation(1, "conv_1", (recorded or turn(),)), 0, now, None, pictures)


def test_the_plan_holds_each_conversation_with_its_id() -> None:
    paths = [parse("$request.header.x-conversation-id"), parse("$request.header.x-session")]
    turns = [turn("Hi", X_Session="s1"), turn("Good day", X_Conversation_Id="c2"), turn("Bye")]
    planned = plan(turns, paths)
    assert [(it.number, it.id, len(it.turns)) for it in planned] == [
        (1, "s1", 1),
        (2, "c2", 1),
        (3, None, 1),
    ]


def test_the_first_path_that_finds_an_id_counts() -> None:
    paths = [parse("$request.header.a"), parse("$request.header.b")]
    assert plan([turn(A="", B="two")], paths)[0].id == "two"
    assert plan([turn(A="{{system__conversation_id}}")], paths)[0].id is None
    assert plan([], paths) == ()


@pytest.mark.parametrize("name", sorted(NOT_SENT))
def test_headers_of_the_connection_and_secrets_are_not_sent(name: str) -> None:
    request = Request("POST", "http://h/", ((name.upper(), "x"), ("X-a", "1")))
    assert headers_to_send(request) == {"X-A": "1"}


def test_repeated_headers_are_joined() -> None:
    request = Request("POST", "http://h/", (("X-a", "1"), ("b", "2"), ("x-A", "3")))
    assert headers_to_send(request) == {"X-A": "1, 3", "B": "2"}


ALL_WELL = {
    "stream": (GOOD, turn()),
    "stream with a tool call": (
        stream(event(tool_calls=[{"function": {"name": "f"}}]), DONE),
        turn(),
    ),
    "whole": (whole(SAID), turn(streamed=False)),
    "the same error as before": (
        whole({"error": {"message": "no"}}, 400),
        turn(answer=whole({"error": {"message": "no"}}, 400)),
    ),
}


@pytest.mark.parametrize(("now", "recorded"), ALL_WELL.values(), ids=ALL_WELL)
def test_a_good_answer_has_no_problem(now: Response, recorded: Exchange) -> None:
    assert judged(now, recorded).problems == ()


PROBLEMS = {
    "error status": (whole({"error": {"message": "boom"}}, 500), "status 500: boom"),
    "error status without body": (Response(502), "status 502: no reason given"),
    "empty stream": (stream(DONE), "no content"),
    "no stream at all": (stream(), "no content"),
    "no DONE": (stream(event(content="half")), "no [DONE]"),
    "error event": (
        stream(event(content="A"), b'data: {"error": {"message": "overloaded"}}\n\n', DONE),
        "overloaded",
    ),
    "no stream though asked": (whole(SAID), "a stream was asked for"),
}


@pytest.mark.parametrize(("now", "sentence"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_bad_answer_is_said_to_be_one(now: Response, sentence: str) -> None:
    assert any(sentence in it for it in judged(now).problems)


def test_another_error_than_before_is_a_problem() -> None:
    recorded = turn(answer=whole({"error": {"message": "no"}}, 400))
    assert judged(whole({}, 503), recorded).problems == ("status 503, recorded was 400",)


def test_no_answer_is_the_problem_that_it_had() -> None:
    result = judge(Conversation(1, None, (turn(),)), 0, None, "no answer: refused", 0)
    assert result.problems == ("no answer: refused",)
    assert (result.status, result.now, result.said) == (None, None, "")


CONTEXTS = {
    "one as it should be": ("attached;n=1", 1, True),
    "two as it should be": ("attached;n=2", 2, True),
    "none expected": ("no-image", 0, True),
    "none expected, none said": (None, 0, True),
    "too few": ("attached;n=1", 2, False),
    "too many": ("attached;n=11", 1, False),
    "none": ("no-image", 1, False),
    "store down": ("store-error", 1, False),
    "refused by the model": ("image-refused", 1, False),
    "nothing said": (None, 1, False),
    "something else": ("attached;n=1;x", 1, False),
}


@pytest.mark.parametrize(("context", "pictures", "good"), CONTEXTS.values(), ids=CONTEXTS)
def test_the_pictures_that_should_be_attached_are(
    context: str | None, pictures: int, *, good: bool
) -> None:
    now = stream(event(content="A red boat."), DONE, context=context)
    result = judged(now, pictures=pictures)
    assert result.context == context
    assert (result.problems == ()) == good


def test_a_picture_that_the_model_refused_is_said_to_be_refused() -> None:
    now = stream(event(content="A boat."), DONE, context="image-refused;n=1")
    assert judged(now, pictures=1).problems == (
        "the model refused the picture(s): 1 should be attached; image-refused;n=1",
    )
    assert judged(now).problems == ()


def test_an_error_page_is_one_line() -> None:
    page = b"<html><title>502 Bad Gateway</title><body>\n<h1>502 Bad Gateway</h1>\n<p>gone</p>"
    assert judged(Response(502, body=page)).problems == ("status 502: Bad Gateway gone",)


def test_a_result_holds_both_times_and_what_was_said() -> None:
    now = stream(event(role="assistant"), event(content="A cat."), DONE)
    result = judged(now)
    assert (result.before, result.now) == (100.0, 200.0)
    assert (result.conversation, result.turn, result.status, result.said) == (1, 1, 200, "A cat.")


def test_a_turn_that_was_never_answered_can_be_judged() -> None:
    assert judged(GOOD, turn(answer=None)).problems == ()
    assert judged(GOOD, turn(answer=None)).before is None


@pytest.fixture
def results() -> list[Result]:
    good = judged(GOOD)
    bad = replace(judged(None), turn=2, problems=("boom <&\x1b>", "and more"))
    return [good, bad]


def test_the_json_report_has_a_verdict_and_every_turn(results: list[Result]) -> None:
    value = json.loads(to_json(results))
    assert value["verdict"] == "bad"
    assert value["turns"][0] == {
        "conversation": 1,
        "turn": 1,
        "id": "conv_1",
        "status": 200,
        "context": None,
        "first_content_ms": {"recorded": 100.0, "replayed": 100.0},
        "said": "A red boat.",
        "tools": [],
        "problems": [],
    }
    assert json.loads(to_json(results[:1]))["verdict"] == "good"


def test_the_junit_report_is_xml_with_a_case_for_each_turn(results: list[Result]) -> None:
    suite = ET.fromstring(to_junit(results))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    cases = suite.findall("testcase")
    assert [(it.get("classname"), it.get("name")) for it in cases] == [
        ("conversation 1", "turn 1"),
        ("conversation 1", "turn 2"),
    ]
    assert float(cases[0].get("time") or "") == 0.1
    assert cases[0].find("failure") is None
    failure = cases[1].find("failure")
    assert failure is not None
    assert (failure.get("message") or "").startswith("boom <&")
