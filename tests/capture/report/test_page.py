"""The whole page: nothing captured becomes markup in it, and nothing needed is missing."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.locate import Candidate, Finding, locate
from capture.report.assets import sheet
from capture.report.page import page
from capture.report.text import UNSEEN
from capture.sessions import Session, sessions
from contract.exchange import Exchange, Request, Response
from contract.fieldpath import FieldPath, parse
from contract.recording import Recording

NOW = datetime(2026, 11, 23, 6, 24, 6, tzinfo=UTC)
TAGS = frozenset(
    """
    a article b body br button code dd defs details div dl dt footer h1 h2 h3 h4 head header
    html image li line link main mark meta nav ol p path pre rect script section span style
    summary svg table tbody td text th thead title tr ul use
    """.split()  # noqa: SIM905  words read better as a text
)
ATTRIBUTES = frozenset(
    """
    aria-hidden aria-label aria-labelledby aria-pressed charset class content d data-copy
    data-in data-parts dir height hidden href http-equiv id lang name open overflow
    preserveaspectratio rel role scope tabindex text-anchor title type vector-effect viewbox
    width x x1 x2 y y1 y2
    """.split()  # noqa: SIM905  words read better as a text
)
OWN = re.compile(r"#[a-z]+\d*|data:,|data:image/jpeg;base64,[A-Za-z0-9+/=]+")


class Reader(HTMLParser):
    """Reads a page as a browser does: its elements, its attributes, its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"a comment: {data}")


def made(
    exchanges: Sequence[Exchange],
    finding: Finding | None = None,
    name: str = "calls/first.jsonl",
    problems: tuple[str, ...] = (),
) -> str:
    found = sessions(exchanges)
    recording = Recording(name, tuple(exchanges), problems)
    return page([recording], found, finding or locate(exchanges), by="Sightline")


def check(html: str) -> Reader:
    """Check that all elements are ours, and lead nowhere else."""
    reader = Reader(html)
    assert set(reader.tags) <= TAGS
    assert {name for name, _ in reader.attributes} <= ATTRIBUTES
    assert reader.tags.count("script") == reader.tags.count("style") == 1
    assert [it for it in reader.text if "getElementById" in it] == [str(sheet("page.js"))]
    assert all(OWN.fullmatch(value or "") for name, value in reader.attributes if name == "href")
    ids = [value for name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    wanted = [v for name, v in reader.attributes if name == "href" and v and v.startswith("#")]
    assert {value[1:] for value in wanted} <= set(map(str, ids))
    assert not UNSEEN.search(html)
    html.encode()
    return reader


BAD = (
    "</script></style></title></details><script>bad()</script><img src=x onerror=bad()>"
    "\"'&\u202e\x00"
)


@pytest.mark.parametrize("place", ["method", "url", "version", "header", "body", "said", "raw"])
def test_hostile_text_in_a_request_is_only_text(place: str) -> None:
    body: Any = {"messages": [{"role": "user", "content": "Hi"}], "session_id": "a7"}
    if place == "body":
        body |= {BAD: BAD, "tools": [{BAD: [BAD, {BAD: BAD}]}], "session_id": f"a7{BAD}"}
    if place == "said":
        parts = [BAD, {"type": BAD, "text": BAD}, {"image_url": {"url": BAD}}, {BAD: BAD}]
        calls = [{"function": {"name": BAD, "arguments": BAD}}]
        body["messages"] = [
            {"role": BAD, "content": BAD, "tool_calls": calls},
            {"role": "user", "content": parts},
            {"role": "system", "content": BAD * 50},
        ]
    request = Request(
        "POST",
        f"http://voice.example/v1/chat/completions?{BAD if place == 'url' else ''}",
        ((BAD, BAD), ("x-session-id", BAD)) if place == "header" else (),
        BAD.encode() if place == "raw" else json.dumps(body).encode(),
        BAD if place == "version" else "HTTP/1.1",
    )
    if place == "method":
        request = replace(request, method=BAD)
    reader = check(made([Exchange("one", NOW, request), Exchange("two", NOW, request)]))
    assert any("bad()" in it for it in reader.text)


@pytest.mark.parametrize("place", ["reason", "headers", "stream", "error", "body", "redacted"])
def test_hostile_text_in_an_answer_is_only_text(place: str) -> None:
    sse = (("content-type", "text/event-stream"),)
    delta = {"content": BAD, "tool_calls": [{"function": {"name": BAD, "arguments": BAD}}]}
    stream = f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\ndata: {BAD}\n\n".encode()
    responses = {
        "headers": Response(200, ((BAD, BAD),)),
        "stream": Response(200, sse, stream, ((1.0, 20), (2.0, len(stream) - 20))),
        "error": Response(500, (), json.dumps({"error": {"message": BAD}}).encode()),
        "body": Response(200, (), BAD.encode()),
    }
    turn = Exchange(
        BAD,
        NOW,
        Request("POST", "/v1/chat/completions", (), b"{}"),
        responses.get(place),
        complete=False,
        reason=BAD if place == "reason" else None,
        redacted=(BAD,) if place == "redacted" else (),
    )
    reader = check(made([turn]))
    assert any("bad()" in it for it in reader.text)


def test_hostile_text_in_names_and_findings_is_only_text() -> None:
    path = FieldPath("body", (BAD,), BAD)
    one = Candidate(path, 1, 1, 1, 1, BAD, BAD)
    finding = Finding("found", (path,), 1, 1, (one,), (BAD,), (BAD,))
    reader = check(made([], finding, name=BAD, problems=(BAD,)))
    assert sum("bad()" in it for it in reader.text) >= 8


TEXTS = st.text(st.sampled_from("a<>&\"'/=\u202e\x00\n1{"), max_size=12) | st.text(max_size=8)
HEADERS = st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple)
VALUES = st.recursive(
    st.none() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    value = draw(VALUES)
    if draw(st.booleans()):
        value = {"messages": value, "tools": draw(VALUES)}
    return draw(st.sampled_from([json.dumps(value).encode(), draw(st.binary(max_size=30))]))


EXCHANGES = st.builds(
    Exchange,
    id=TEXTS,
    started=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    request=st.builds(
        Request, st.just("POST") | TEXTS, st.just("/chat/completions") | TEXTS, HEADERS, bodies()
    ),
    response=st.none()
    | st.builds(
        Response,
        st.integers(100, 999),
        HEADERS | st.just((("content-type", "text/event-stream"),)),
        bodies(),
        st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 50)), max_size=3).map(tuple),
    ),
    complete=st.booleans(),
    reason=st.none() | TEXTS,
    duration=st.none() | st.floats(0, 1e6),
    redacted=st.lists(TEXTS, max_size=2).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(EXCHANGES, max_size=4))
def test_whatever_was_captured_is_only_text(exchanges: list[Exchange]) -> None:
    check(made(exchanges))


def text_of(html: str) -> str:
    return " ".join(" ".join(Reader(html).text).split())


def test_everything_of_a_recording_is_on_the_page(nasty: Recording) -> None:
    html = made(nasty.exchanges, name=nasty.name, problems=nasty.problems)
    check(html)
    text = text_of(html)
    assert len(re.findall(r'<article class="turn"', html)) == 11
    assert len(re.findall(r'<details class="exchange"', html)) == 6
    for wanted in (
        "nasty.jsonl: the last line is torn",
        "calls make_a_note",
        "cancelled by the caller: Client disconnected.",
        "cut short: server closed connection",
        "failed: The server had an error",
        "no picture that can be decoded",
        "exchange 17",
    ):
        assert wanted in text
    assert "/home/somebody" not in html


LONG = json.dumps({"messages": [{"role": "user", "content": "word " * 10_000}]}).encode()
FOUND = parse("$request.header.x-conversation-id")
CUT = parse({"from": "$request.body#/messages/0/content", "match": "is (conv_[a-z0-9]+)"})


def test_what_was_found_can_be_copied(nasty: Recording) -> None:
    candidate = Candidate(FOUND, 11, 2, 2, 3, "conv_1", None)
    finding = Finding("found", (FOUND, CUT), 2, 11, (candidate,), ("why",), ("4 headers",))
    html = made(nasty.exchanges, finding)
    check(html)
    assert f'<code id="path1">{FOUND}</code>' in html
    assert re.search(
        r'<pre id="yaml">conversation_id:\n  - \$request.header.x-conversation-id\n', html
    )
    text = text_of(html)
    assert "where the conversation ID is, in 11 turns of 2 conversations" in text
    assert "chosen conv_1 11 of 11 2 of 2 2 of 2 3" in text
    assert html.count("<mark>conv_9801m4394evfexfsqb05pv6z39x3</mark>") >= 9 * 2


def test_what_is_only_a_guess_is_said_to_be_one(nasty: Recording) -> None:
    candidate = Candidate(FOUND, 11, 2, 2, 0, "conv_1", None)
    finding = Finding("insufficient", (), 2, 11, (candidate,), ("one more call",), ())
    html = made(nasty.exchanges, finding)
    assert '<main class="unsure">' in html
    assert "Not enough evidence" in text_of(html)
    assert "nothing shows that it is" in text_of(html)
    assert 'id="yaml"' not in html


def test_several_files_have_a_table_and_their_names(nasty: Recording) -> None:
    empty = Recording("b/second.jsonl", ())
    html = page([nasty, empty], sessions(nasty.exchanges), locate(nasty.exchanges), by="Sightline")
    check(html)
    assert "exchange 1 of nasty.jsonl" in html
    assert "second.jsonl 0 0 nothing" in text_of(html)


def test_a_recording_of_nothing_is_a_page_too() -> None:
    html = made([])
    check(html)
    assert "Not enough evidence" in html


def test_the_page_grows_with_what_is_new() -> None:
    turn = Exchange("one", NOW, Request("POST", "/chat/completions", (), LONG))
    again = [replace(turn, id=str(at)) for at in range(100)]
    one, many = (
        len(page([Recording("a", (*it,))], [Session(1, (*it,))], locate([turn]), by="x"))
        for it in ([turn], again)
    )
    assert (many - one) / 99 < len(LONG) / 10
