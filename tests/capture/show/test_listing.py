"""A recording as a list."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from capture.show.listing import headings, layout, render_line
from contract.exchange import Exchange, Request, Response

ID = "conv_9801m4394evfexfsqb05pv6z39x3"
NOW = datetime(2026, 11, 23, 6, 24, 6, 123456, tzinfo=UTC)
SSE = (("Content-Type", "text/event-stream"),)
BODY = {"messages": [{"role": "user", "content": "What is\nin it?"}]}
WIDTHS = [80, 100, 120, 140, 160, 200]


def event(**delta: Any) -> bytes:
    return f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode()


def answered(*pieces: bytes, status: int = 200, headers: Any = SSE) -> Response:
    arrivals = tuple((100.0 * at, len(piece)) for at, piece in enumerate(pieces, start=1))
    return Response(status, headers, b"".join(pieces), arrivals)


def asked(body: Any, path: str = "/v1/chat/completions") -> Request:
    headers = (("X-Conversation-Id", ID),)
    return Request("POST", f"http://h{path}", headers, json.dumps(body).encode())


@pytest.fixture
def exchange() -> Exchange:
    answer = answered(event(content="A red "), event(content="boat."), b"data: [DONE]\n\n")
    return Exchange("one", NOW, asked(BODY), answer)


def test_a_line_says_it_all_where_nothing_is_cut(exchange: Exchange) -> None:
    line = render_line(7, exchange, session=2).plain
    clock = r"\d\d:\d\d:06\.123"
    assert re.fullmatch(
        rf"   7  {clock}  200   POST /v1/chat/completions   2 {ID}  123 bytes   100 ms  "
        r"What is in it\?  → A red boat\.",
        line,
    )


def test_nothing_is_cut_in_a_pipe(exchange: Exchange) -> None:
    path = "/v1" * 50
    text = "a word " * 100
    long = replace(exchange, request=asked({"messages": [{"role": "user", "content": text}]}, path))
    line = render_line(7, long).plain
    assert path in line
    assert text.strip() in line
    assert "…" not in line


@pytest.mark.parametrize("width", WIDTHS)
def test_columns_stand_below_each_other(exchange: Exchange, width: int) -> None:
    """The time to the first byte ends at one place, whatever stands before it."""
    others = [
        exchange,
        replace(exchange, request=asked(BODY, "/a/very/long/way/to/v1/chat/completions")),
        replace(exchange, request=Request("GET", "http://h/")),
        replace(exchange, complete=False, reason="gone"),
    ]
    columns = layout(width)
    ends = {
        render_line(number, it, session=number, columns=columns).plain.index("100 ms") + 6
        for number, it in zip((1, 22, 333, 4444), others, strict=True)
    }
    assert ends == {headings(columns).plain.index("first") + 5}


@pytest.mark.parametrize("width", WIDTHS)
def test_a_line_is_as_wide_as_the_terminal_and_says_that_it_is_cut(
    exchange: Exchange, width: int
) -> None:
    said = {"messages": [{"role": "user", "content": "日本語 " * 80}]}
    line = render_line(7, replace(exchange, request=asked(said)), columns=layout(width)).plain
    assert width - 1 <= cell_len(line) <= width
    assert line.endswith("…")
    assert "…39x3" in line or "z39x3" in line


def test_of_a_long_path_the_end_is_kept(exchange: Exchange) -> None:
    line = render_line(7, exchange, columns=layout(80)).plain
    assert "POST …hat/completions" in line


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([{"role": "tool", "content": '{"saved": true}'}], 'tool {"saved": true}  → A red boat.'),
        ([{"role": "assistant", "content": "Hello!"}], "→ A red boat."),
        ([], "→ A red boat."),
    ],
)
def test_the_words_are_those_that_were_said_last(
    exchange: Exchange, messages: Sequence[Any], words: str
) -> None:
    line = render_line(7, replace(exchange, request=asked({"messages": messages}))).plain
    assert line.endswith(f"100 ms  {words}")


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (answered(b'{"error": {"message": "boom"}}', status=500, headers=()), "boom"),
        (answered(b'{"ok":\n "yes"}', headers=()), '{"ok": "yes"}'),
        (answered(event(tool_calls=[{"function": {"name": "end_call"}}])), "→ calls end_call"),
        (answered(b"\xff\xfe", headers=()), "100 ms"),
        (Response(204), "204   GET /"),
    ],
)
def test_the_answer_is_said_in_few_words(
    exchange: Exchange, response: Response, words: str
) -> None:
    got = replace(exchange, request=Request("GET", "http://h/"), response=response)
    assert render_line(7, got).plain.rstrip().replace("0 bytes", "").rstrip().endswith(words)


def test_what_was_cut_short_or_not_answered_says_so(exchange: Exchange) -> None:
    cut = replace(exchange, complete=False, reason="gone")
    assert "ms  cut short  What is in it?" in render_line(7, cut).plain
    line = render_line(7, replace(cut, response=None)).plain
    assert "  none  POST" in line
    assert line.endswith("cut short  What is in it?")


def test_a_late_first_byte_is_said_in_seconds(exchange: Exchange) -> None:
    late = Response(200, (), b"x", ((12_345.0, 1),))
    assert " 12.3 s" in render_line(7, replace(exchange, response=late)).plain


@pytest.mark.parametrize("width", WIDTHS)
def test_a_hit_can_be_seen_however_narrow_the_terminal_is(exchange: Exchange, width: int) -> None:
    said = {"messages": [{"role": "user", "content": "a word " * 9 + "needle" + " a word" * 99}]}
    old = replace(exchange, request=asked(said), complete=False)
    line = render_line(7, old, columns=layout(width), hits=re.compile("needle"))
    assert "needle" in line.plain
    assert cell_len(line.plain) == width


def test_an_error_comes_before_what_was_said(exchange: Exchange) -> None:
    failed = answered(b'{"error": {"message": "boom"}}', status=500, headers=())
    assert render_line(7, replace(exchange, response=failed)).plain.endswith("boom  What is in it?")


def test_of_several_hits_the_newest_is_shown(exchange: Exchange) -> None:
    said = {"messages": [{"role": "user", "content": it} for it in ("a boat", "the boat")]}
    old = replace(exchange, request=asked(said), response=None)
    assert render_line(7, old, hits=re.compile("boat")).plain.endswith("  the boat")


def test_what_a_person_looks_for_is_shown_with_what_stands_around_it(exchange: Exchange) -> None:
    said = {"messages": [{"role": "user", "content": "x" * 100 + " needle\x1b " + "y" * 300}]}
    line = render_line(7, replace(exchange, request=asked(said)), hits=re.compile("needle."))
    assert re.search(r"  …x{23} needle\\u001b y{199}\Z", line.plain)
    hit = next(span for span in line.spans if span.style == "bold reverse")
    assert line.plain[hit.start : hit.end] == r"needle\u001b"


texts = st.text(st.characters() | st.sampled_from("\x1b\x9b\x07\r\n\t\u202e\u200b"), max_size=20)
bodies = st.dictionaries(st.sampled_from(["messages", "session_id", "input"]), texts).map(
    lambda value: json.dumps(value).encode()
)
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]"
)


@given(
    st.builds(Request, texts, texts, st.lists(st.tuples(texts, texts)).map(tuple), bodies, texts),
    st.none() | st.builds(answered, texts.map(lambda it: event(content=it))),
    st.sampled_from([None, 80, 160]),
    st.sampled_from([None, re.compile(r"(?s).+"), re.compile(r"[\x00-\x1f]")]),
)
def test_any_exchange_is_one_line_that_commands_nothing(
    request: Request,
    response: Response | None,
    width: int | None,
    hits: re.Pattern[str] | None,
) -> None:
    exchange = Exchange("x", NOW, request, response)
    line = render_line(7, exchange, columns=layout(width), hits=hits).plain
    assert not UNSEEN.search(line)
