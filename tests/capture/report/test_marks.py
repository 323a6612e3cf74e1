"""What is marked in a request: the ID where it was found, or what could be one."""

import pytest

from capture.locate import Candidate, Finding, Verdict
from capture.report.marks import Mark, below, marker_of
from contract.exchange import Request
from contract.fieldpath import FieldPath, parse

HEADER, QUERY = parse("$request.header.x-call"), parse("$request.query.call")
BODY = parse("$request.body#/call/id")
SAID = parse("$request.body#/messages/0/content")
REQUEST = Request(
    "POST",
    "http://voice.example/v1/chat/completions?call=q7",
    (("X-Call", "h7"),),
    b'{"call": {"id": "b7"}, "messages": [{"role": "user", "content": "s7"}]}',
)


def finding(verdict: Verdict, paths: tuple[FieldPath, ...], *notes: str | None) -> Finding:
    places = (HEADER, QUERY, BODY)
    candidates = tuple(
        Candidate(path, 1, 1, 1, 0, "x", note) for path, note in zip(places, notes, strict=False)
    )
    return Finding(verdict, paths, 1, 1, candidates, (), ())


def test_what_was_found_is_marked_and_sure() -> None:
    marks = marker_of(finding("found", (HEADER, BODY), None, None, None))(REQUEST)
    assert marks == (Mark(HEADER, "h7", sure=True), Mark(BODY, "b7", sure=True))


@pytest.mark.parametrize("verdict", ["absent", "insufficient"])
def test_else_what_nothing_speaks_against_is_marked_and_not_sure(verdict: Verdict) -> None:
    marks = marker_of(finding(verdict, (), "says when", None, "says who"))(REQUEST)
    assert marks == (Mark(QUERY, "q7", sure=False),)


def test_what_somebody_said_is_never_marked() -> None:
    assert marker_of(finding("found", (SAID,)))(REQUEST) == ()


def test_below_a_place_stand_the_marks_of_its_inside() -> None:
    marks = [Mark(HEADER, "h7", sure=True), Mark(BODY, "b7", sure=True)]
    assert below(marks, ()) == (marks[1],)
    assert below(marks, ("call",)) == (marks[1],)
    assert below(marks, ("call", "id")) == (marks[1],)
    assert below(marks, ("cal",)) == ()
