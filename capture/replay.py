"""Recorded sessions against an endpoint: what to send, and whether the answers are right.

Pure. A model answers differently every time, so answers are not compared by their words. What is
judged is what a voice platform needs, and that the right number of pictures was attached.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from capture.answer import answer_of
from capture.grouping import sessions_by
from contract import responses
from contract.answer import DONE
from contract.excerpt import excerpt
from contract.exchange import HOP_BY_HOP, Exchange, Request, Response, first_header
from contract.fieldpath import FieldPath
from contract.roles import first_id

NOT_SENT = HOP_BY_HOP | {
    "accept-encoding",
    "authorization",
    "content-encoding",
    "content-length",
    "cookie",
    "expect",
    "host",
}
"""Recorded headers that are not sent again: they belong to a connection, or are redacted."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns to send for one conversation, in order; `id` is None where none was found."""

    number: int
    id: str | None
    turns: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One turn that was sent again. `problems` are sentences; none means that all is well.

    Times are in milliseconds. `before` and `now` are from the request to the first content.
    """

    conversation: int
    turn: int
    id: str | None
    status: int | None
    context: str | None
    before: float | None
    now: float | None
    said: str
    tools: tuple[str, ...]
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the result as `sightline replay --json` prints it."""
        return {
            "conversation": self.conversation,
            "turn": self.turn,
            "id": self.id,
            "status": self.status,
            "context": self.context,
            "first_content_ms": {"recorded": self.before, "replayed": self.now},
            "said": self.said,
            "tools": list(self.tools),
            "problems": list(self.problems),
        }


def plan(exchanges: Iterable[Exchange], paths: Sequence[FieldPath]) -> tuple[Conversation, ...]:
    """Return the conversations to send, told apart by the configured field paths."""
    return tuple(
        Conversation(session.number, first_id(paths, session.turns[0].request), session.turns)
        for session in sessions_by(paths, exchanges)
    )


def headers_to_send(request: Request) -> dict[str, str]:
    """Return the recorded headers that are sent again; of repeated ones the values are joined.

    Names are spelled as the official client spells its own, so that ours take their place.
    """
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key = name.title()
        if name.lower() not in NOT_SENT:
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def judge(
    conversation: Conversation, turn: int, now: Response | None, error: str | None, pictures: int
) -> Result:
    """Return what became of a turn that was sent again.

    Args:
        conversation: the conversation it belongs to.
        turn: which of its turns, from 0.
        now: the answer, or None where there was none.
        error: why there was none, or what the client could not read in it.
        pictures: how many pictures the conversation should have.
    """
    recorded = conversation.turns[turn]
    before = answer_of(recorded.response).first_content if recorded.response else None
    answer = answer_of(now) if now else None
    context = first_header(now.headers, "x-sightline-context") if now else None
    return Result(
        conversation=conversation.number,
        turn=turn + 1,
        id=conversation.id,
        status=now.status if now else None,
        context=context,
        before=before,
        now=answer.first_content if answer else None,
        said=answer.text if answer else "",
        tools=answer.tools if answer else (),
        problems=(
            *([error] if error else []),
            *(_answer_problems(recorded, now) if now else []),
            *(_fallback_problems(now) if now else []),
            *_context_problems(context, pictures),
        ),
    )


def _answer_problems(recorded: Exchange, now: Response) -> list[str]:
    """Return what a voice platform would make a failure of."""
    answer, asked = answer_of(now), recorded.request.json()
    streaming = isinstance(asked, dict) and asked.get("stream") is True
    then = recorded.response.status if recorded.response else 200
    if now.status >= 400 and then < 400:  # noqa: PLR2004
        said = excerpt(now.body).removeprefix(f"{now.status} ")
        reason = answer.error or said or "no reason given"
        return [f"status {now.status}: {reason}"]
    if now.status >= 400:  # noqa: PLR2004
        return [] if now.status == then else [f"status {now.status}, recorded was {then}"]
    checks = (
        (bool(answer.error), f"an error inside the answer: {answer.error}"),
        (streaming and not now.is_event_stream, "a stream was asked for, and none came"),
        (not answer.text and not answer.tools, "the answer has no content"),
        (not answer.done, f"the answer breaks off: no {_end_of(recorded.request)}"),
    )
    return [sentence for wrong, sentence in checks if wrong]


def _end_of(request: Request) -> str:
    """Return what a stream ends with, in the API in which it was asked for."""
    return "response.completed" if responses.is_path(request.path) else DONE


def _fallback_problems(now: Response) -> list[str]:
    reason = first_header(now.headers, "x-sightline-fallback")
    return [] if reason is None else [f"the endpoint spoke for the model: {reason}"]


def _context_problems(context: str | None, pictures: int) -> list[str]:
    if not pictures:
        return []
    attached = re.fullmatch(r"attached;n=(\d+)", context or "")
    if attached and int(attached[1]) == pictures:
        return []
    if (context or "").partition(";")[0] == "image-refused":
        return [f"the model refused the picture(s): {pictures} should be attached; {context}"]
    return [f"{pictures} picture(s) should be attached; the endpoint says {context or 'nothing'}"]


def to_json(results: Sequence[Result]) -> str:
    """Return the report that `sightline replay --json` prints."""
    good = not any(result.problems for result in results)
    report = {"verdict": "good" if good else "bad", "turns": [it.as_json() for it in results]}
    return json.dumps(report, indent=2, ensure_ascii=False)


_NOT_XML = re.compile(  # XML 1.0, section 2.2
    r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def to_junit(results: Sequence[Result]) -> bytes:
    """Return the report as JUnit XML, a test case for each turn, for a build server to show."""
    failures = sum(bool(result.problems) for result in results)
    suite = ET.Element(
        "testsuite",
        {"name": "sightline replay", "tests": str(len(results)), "failures": str(failures)},
    )
    for result in results:
        name = f"turn {result.turn}"
        owner = f"conversation {result.conversation}"
        seconds = f"{(result.now or 0.0) / 1000:.3f}"
        case = ET.SubElement(suite, "testcase", classname=owner, name=name, time=seconds)
        if result.problems:
            message = _NOT_XML.sub("\ufffd", "; ".join(result.problems))
            ET.SubElement(case, "failure", message=message)
    return bytes(ET.tostring(suite, encoding="utf-8", xml_declaration=True))
