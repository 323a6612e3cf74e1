"""The judge can tell right from wrong: each way to be wrong stands here once."""

from dataclasses import replace
from typing import Any

import pytest

import bench.locate.kinds  # noqa: F401 - registers the kinds
from bench.locate.apply import Place, id_at
from bench.locate.ask import BAD_INPUT, Reply
from bench.locate.case import KINDS, Case, case
from bench.locate.draft import Request
from bench.locate.judge import judge

STATUS = {"found": 0, "absent": 3, "insufficient": 4}
HEADER = "$request.header.x-conversation-id"
PROMPT = "$request.body#/messages/0/content"


def named(kind: str) -> Case:
    return case(KINDS[kind], 0)


def says(verdict: str, path: str | None = None, match: str | None = None) -> Reply:
    answer: dict[str, Any] = {"verdict": verdict, "path": path, "match": match, "sessions": 2}
    answer |= {"requests": 4, "candidates": [], "reasons": [], "looked_in": []}
    if path:
        evidence = {"present": 4, "constant_within": 2, "distinct_between": 2, "sample": "x"}
        answer["candidates"] = [{"path": path, "match": match, **evidence}]
    return Reply(STATUS[verdict], answer)


def test_the_name_of_a_header_counts_in_any_case() -> None:
    one = named("beside-a-session-that-lasted")
    for name in ("x-conversation-id", "X-Conversation-Id", "X-CONVERSATION-ID"):
        assert judge(one, says("found", f"$request.header.{name}")).outcome == "right"


@pytest.mark.parametrize(
    ("kind", "reply", "outcome"),
    [
        ("only-users", says("found", "$request.body#/user_id"), "wrong"),
        ("only-users", says("insufficient"), "off"),
        ("only-users", says("absent"), "right"),
        ("identical-words", says("absent"), "missed"),
        ("identical-words", says("insufficient"), "missed"),
        ("one-conversation-with-repeats", says("found", HEADER), "wrong"),
        ("one-conversation-with-repeats", says("absent"), "off"),
        ("redacted-in-two-places", says("found", HEADER), "right"),
        ("redacted-in-two-places", says("found", PROMPT, r"ID: (\S+)"), "off"),
        ("session-lost-at-a-reconnect", says("found", "$request.header.x-session-id"), "wrong"),
        ("beside-a-session-that-lasted", says("found", "$request.header.x-session-id"), "wrong"),
        ("beside-a-session-that-lasted", says("found", HEADER), "right"),
        ("parameters-after-the-id", says("found", HEADER), "wrong"),
        ("parameters-after-the-id", says("found", HEADER, r"[\w-]+"), "right"),
        ("same-id-everywhere", says("found", "$request.body#/user_id"), "off"),
        ("same-id-in-header-and-body", says("found", HEADER), "off"),  # the other is not listed
        ("no-entries", says("insufficient"), "right"),
        ("no-har-file", says("insufficient"), "broken"),
        ("no-har-file", Reply(BAD_INPUT, trouble="x.har is no HAR file"), "right"),
        ("only-noise", Reply(1, trouble="KeyError: 'x'"), "broken"),
        ("only-noise", replace(says("absent"), status=4), "broken"),
        ("only-noise", Reply(3, {"verdict": "absent"}), "broken"),
    ],
)
def test_an_outcome(kind: str, reply: Reply, outcome: str) -> None:
    assert judge(named(kind), reply).outcome == outcome


def test_a_pattern_of_seen_values_does_not_hold_for_later_calls() -> None:
    one = named("parameters-after-the-id")
    seen = "|".join(sorted({turn.truth or "" for turn in one.recorded}))
    judgement = judge(one, says("found", HEADER, f"({seen})"))
    assert judgement.outcome == "wrong"
    assert "later turn" in judgement.why


def test_an_answer_that_is_not_the_first_candidate_contradicts_itself() -> None:
    reply = says("found", HEADER)
    assert reply.json is not None
    reply.json["candidates"][0]["path"] = "$request.header.host"
    assert judge(named("beside-a-session-that-lasted"), reply).outcome == "broken"


REQUEST = Request(
    "POST",
    "https://x.example/v1/a%20b/chat?id=1%2F2&id=3&flag=",
    (("X-One", "first"), ("x-one", "second"), ("X-Two", "{{system__conversation_id}}")),
    '{"n": 12345678901234567891, "t": "sid=abc; v=1", "no": null, "yes": true, "": "blank",'
    ' "a/b": {"x~y": ["zero", "one"]}, "empty": "", "object": {}, "float": 1.50}',
)


@pytest.mark.parametrize(
    ("expression", "match", "value"),
    [
        ("$request.header.X-ONE", None, "first"),
        ("$request.header.x-two", None, None),
        ("$request.header.x-three", None, None),
        ("$request.query.id", None, "1/2"),
        ("$request.query.flag", None, None),
        ("$request.path.0", None, "v1"),
        ("$request.path.1", None, "a b"),
        ("$request.path.9", None, None),
        ("$request.body#/n", None, "12345678901234567891"),
        ("$request.body#/float", None, "1.50"),
        ("$request.body#/t", None, "sid=abc; v=1"),
        ("$request.body#/t", r"sid=(\w+)", "abc"),
        ("$request.body#/t", r"SID=(\w+)", None),
        ("$request.body#/t", r"\w+", "sid"),
        ("$request.body#/a~1b/x~0y/1", None, "one"),
        ("$request.body#/a~1b/x~0y/01", None, None),
        ("$request.body#/", None, "blank"),
        ("$request.body#/no", None, None),
        ("$request.body#/yes", None, None),
        ("$request.body#/empty", None, None),
        ("$request.body#/object", None, None),
        ("$request.body#/a~1b/x~0y", None, None),
    ],
)
def test_a_field_path_yields(expression: str, match: str | None, value: str | None) -> None:
    assert id_at(Place(expression, match), REQUEST) == value
