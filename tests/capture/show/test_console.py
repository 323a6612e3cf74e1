"""An exchange as a person reads it: what was asked, what came back, and when."""

import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from capture.show.console import print_exchange, render_exchange
from contract.exchange import Exchange, Request, Response

ID = "conv_9801m4394evfexfsqb05pv6z39x3"
NOW = datetime(2026, 11, 23, 6, 24, 6, 123456, tzinfo=UTC)
BODY: dict[str, Any] = {
    "messages": [{"role": "user", "content": "What is in it?"}],
    "tools": [{"type": "function"}] * 3,
    "stream": True,
}
SSE = (("Content-Type", "text/event-stream"),)
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)


def event(**delta: Any) -> bytes:
    return f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode()


def stream(*pieces: bytes) -> Response:
    arrivals = tuple((100.0 * at, len(piece)) for at, piece in enumerate(pieces, start=1))
    return Response(200, SSE, b"".join(pieces), arrivals)


@pytest.fixture
def exchange() -> Exchange:
    headers = (("Host", "voice.example"), ("X-Conversation-Id", ID), ("X-a", "1"), ("x-A", "2"))
    request = Request(
        "POST", "http://voice.example/v1/chat/completions?a=1", headers, json.dumps(BODY).encode()
    )
    answer = stream(event(content="A red "), event(content="boat."), b"data: [DONE]\n\n")
    return Exchange("one", NOW, request, answer)


def printed(
    exchange: Exchange,
    *,
    width: int = 120,
    fold: Sequence[str] = (),
    hits: re.Pattern[str] | None = None,
) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    console.print(render_exchange(7, exchange, fold=fold, hits=hits))
    return out.getvalue()


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


@pytest.mark.parametrize("width", [80, 160])
def test_the_whole_exchange_is_shown(exchange: Exchange, width: int) -> None:
    shown = lines(printed(exchange, width=width))
    assert "POST http://voice.example/v1/chat/completions?a=1 HTTP/1.1" in shown
    assert "A red boat." in shown
    head = next(line for line in shown if line.startswith("answer"))
    assert "200" in head
    assert "3 pieces, first after 100 ms, last after 300 ms" in head
    assert all(len(line) <= width for line in printed(exchange, width=width).splitlines())


def test_headers_keep_their_order_and_spelling(exchange: Exchange) -> None:
    shown = [line for line in lines(printed(exchange)) if re.match(r"(?i)host |x-", line)]
    names = [line.split()[0] for line in shown]
    assert names == ["Host", "X-Conversation-Id", "X-a", "x-A"]


def test_an_id_in_a_header_the_query_or_the_path_is_marked(exchange: Exchange) -> None:
    url = f"http://voice.example/calls/{ID}/chat/completions?session={ID}"
    text = printed(replace(exchange, request=replace(exchange.request, url=url)))
    for path in ("header.x-conversation-id", "query.session", "path.1"):
        assert f"▲ $request.{path}" in lines(text)


def test_a_list_to_fold_is_only_counted(exchange: Exchange) -> None:
    assert "⟨3 in a list⟩" in printed(exchange, fold=["tools"])
    assert "⟨3 in a list⟩" not in printed(exchange)


def test_without_a_terminal_there_is_no_colour(
    exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    print_exchange(1, exchange)
    text = capsys.readouterr().out
    assert "A red boat." in text
    assert "\x1b" not in text


def test_on_a_terminal_there_is_colour(exchange: Exchange) -> None:
    out = io.StringIO()
    Console(file=out, width=80, force_terminal=True, color_system="standard").print(
        render_exchange(1, exchange)
    )
    assert "\x1b[" in out.getvalue()


def test_markup_in_what_was_said_is_no_markup(exchange: Exchange) -> None:
    said = "[bold]not[/bold] :smile: [/] [link=x]"
    text = printed(replace(exchange, response=stream(event(content=said))))
    assert said in lines(text)


ANSWERS = {
    "tool call": (
        stream(event(tool_calls=[{"function": {"name": "end_call"}}])),
        "calls end_call",
    ),
    "error event": (stream(b'data: {"error": {"message": "overloaded"}}\n\n'), "overloaded"),
    "error": (Response(500, (), b'{"error": {"message": "boom"}}', ((9.0, 30),)), "boom"),
    "text": (Response(404, (), b"not here", ((9.0, 8),)), "not here"),
    "bytes": (Response(200, (), b"\xff\xfe", ((9.0, 2),)), "⟨2 bytes of bytes⟩"),
    "nothing": (Response(204), "answer  204  no body"),
    "no content in a stream": (stream(b": ping\n\n"), ": ping"),
}


@pytest.mark.parametrize(("response", "shown"), ANSWERS.values(), ids=ANSWERS)
def test_every_kind_of_answer_is_shown(exchange: Exchange, response: Response, shown: str) -> None:
    assert shown in lines(printed(replace(exchange, response=response)))


def test_what_was_cut_short_says_so_and_why(exchange: Exchange) -> None:
    cut = replace(exchange, complete=False, reason="client disconnected")
    text = printed(cut)
    assert "cut short: client disconnected" in lines(text)
    assert "200 cut short" in text
    assert "no answer" in printed(replace(cut, response=None))


def test_the_headers_of_the_answer_are_shown(exchange: Exchange) -> None:
    assert "Content-Type  text/event-stream" in lines(printed(exchange))


def test_the_number_of_the_conversation_is_in_the_title(exchange: Exchange) -> None:
    out = io.StringIO()
    Console(file=out, width=80).print(render_exchange(7, exchange, session=3))
    assert "  200  call 3 ─" in out.getvalue()


@pytest.mark.parametrize("width", [40, 80, 160])
def test_no_line_ends_in_blanks(exchange: Exchange, width: int) -> None:
    long = json.dumps({"messages": [{"role": "user", "content": "to be or not " * 15}]}).encode()
    asked = replace(exchange, request=replace(exchange.request, body=long))
    for text in (printed(asked, width=width), printed(exchange, width=width)):
        assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_an_answer_in_json_is_shown_as_json(exchange: Exchange) -> None:
    body = json.dumps({"temporaryId": "tmp_1", "expires": ["x" * 40, "y" * 40]}).encode()
    text = printed(replace(exchange, response=Response(201, (), body, ((9.0, len(body)),))))
    assert '"temporaryId": "tmp_1",' in lines(text)


class TestWhatAPersonLooksFor:
    """Each hit is said again below what has it, as is each ID: colour is not always to be had."""

    @pytest.mark.parametrize(
        ("regex", "said"),
        [
            ("What is", "△ What is"),
            ("colou?r|What|in it", "△ What, in it"),
            ("boat", "△ boat"),
            (r"chat/\w+", "△ chat/completions"),
            ("(?i)x-CONV", "△ X-Conv"),
            ("X-a: 1", "△ X-a: 1"),
            ("event-stream", "△ event-stream"),
            ('"stream": true', '△ "stream": true'),
            ('"tools": ', '△ "tools": '),
            ("why it ended", "△ why it ended"),
        ],
    )
    def test_is_said_again_where_it_stands(self, exchange: Exchange, regex: str, said: str) -> None:
        cut = replace(exchange, complete=False, reason="why it ended")
        text = printed(cut, hits=re.compile(regex))
        assert lines(text).count(said.strip()) == 1, text
        assert "△" not in printed(cut)

    def test_is_marked_in_the_text_on_a_terminal_even_without_colour(
        self, exchange: Exchange
    ) -> None:
        out = io.StringIO()
        console = Console(file=out, width=120, force_terminal=True, no_color=True)
        console.print(render_exchange(7, exchange, hits=re.compile("boat|What")))
        assert "A red \x1b[1;7mboat\x1b[0m." in out.getvalue()
        assert "\x1b[1;7mWhat\x1b[0m is in it?" in out.getvalue()

    def test_is_shown_though_its_text_is_folded(self, exchange: Exchange) -> None:
        content = "a word " * 100 + "needle" + " a word" * 100
        body = json.dumps({"content": content}).encode()
        asked = replace(exchange, request=replace(exchange.request, body=body))
        assert "a word needle a word" in printed(asked, hits=re.compile("needle"))

    def test_commands_nothing(self, exchange: Exchange) -> None:
        body = json.dumps({"a\x1b[2J": "b\x1b[2Jc"}).encode()
        request = replace(exchange.request, body=body, headers=(("x\x1b[2J", "\x1b[2J"),))
        asked = replace(exchange, request=request, response=stream(event(content="\x9b2J")))
        assert not UNSEEN.search(printed(asked, hits=re.compile(r"(?s).*\x1b.*|\x9b2")))

    def test_of_many_only_some_are_said(self, exchange: Exchange) -> None:
        asked = replace(exchange, response=stream(event(content="a1 a2 a3 a4 a5")))
        assert "△ a1, a2, a3, 2 more" in lines(printed(asked, hits=re.compile("a[0-9]")))


BODIES = {
    "empty": b"",
    "text": b"hello",
    "scalar": b"7",
    "JSON text": b'"hello"',
    "null": b"null",
    "list": b'[1, {"session_id": "a7"}]',
    "empty list": b"[]",
    "not UTF-8": b"\xff\xfe\x00",
    "JSON in UTF-16": '{"a": 1}'.encode("utf-16"),
    "nested": b'{"a":' * 60 + b"1" + b"}" * 60,
    "nested deep": b"[" * 900 + b"]" * 900,
    "nested deeper": b'{"a":' * 2000 + b'"session: a7"' + b"}" * 2000,
    "nested too deep": b"[" * 100_000,
    "form": b"a=1&b=2",
    "lone surrogate": b'{"a": "\\ud800", "session_id": "a7\\udfff"}',
    "long number": b'{"a": ' + b"9" * 4000 + b"}",
    "long text": b"x" * 100_000,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("width", [20, 80, 160])
def test_no_body_is_a_surprise(exchange: Exchange, body: bytes, width: int) -> None:
    asked = replace(exchange, request=replace(exchange.request, body=body))
    for response in (None, Response(200, (), body, ((1.0, len(body)),)), stream(body)):
        text = printed(replace(asked, response=response), width=width)
        text.encode("utf-8")  # a lone surrogate would stop the terminal
        assert len(text) < 120_000


COMMANDS = ["\x1b]0;owned\x07", "\x1b[2J", "\x9b2J", "\r", "\x00", "\u202e", "\u2066", "\u200b"]


@pytest.mark.parametrize("command", COMMANDS, ids=ascii)
def test_nothing_commands_the_terminal(command: str) -> None:
    bad = f"a{command}b1"
    body = json.dumps({bad: bad, "session_id": bad, "messages": [{"role": bad, "content": bad}]})
    for answer in (
        stream(event(content=bad), event(tool_calls=[{"function": {"name": bad}}])),
        stream(f"data: {json.dumps({'error': bad})}\n\n".encode()),
        Response(200, ((bad, bad),), bad.encode(), ((1.0, 5),)),
        Response(500, (), json.dumps({"error": {"message": bad}}).encode()),
    ):
        request = Request(
            bad,
            f"http://{bad}/{bad}/?session={bad}",
            ((bad, bad), ("x-session-id", bad)),
            body.encode(),
            http_version=bad,
        )
        exchange = Exchange(bad, NOW, request, answer, complete=False, reason=bad)
        assert not UNSEEN.search(printed(exchange))
        raw = replace(exchange, request=replace(request, body=bad.encode()))
        assert not UNSEEN.search(printed(raw))


texts = st.text(max_size=30)
headers = st.lists(st.tuples(texts, texts), max_size=4).map(tuple)
bodies = st.binary(max_size=60) | st.recursive(
    st.none() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
).map(lambda value: json.dumps(value).encode())
requests = st.builds(Request, texts, texts, headers, bodies, texts)
responses = st.builds(
    lambda status, more, body, sizes: Response(status, more, body, tuple(sizes)),
    st.integers(0, 999),
    headers | st.just(SSE),
    bodies,
    st.lists(st.tuples(st.floats(0, 1e9), st.integers(0, 70)), max_size=3),
)


@given(requests, st.none() | responses, st.booleans(), st.none() | texts)
def test_any_exchange_is_shown_and_commands_nothing(
    request: Request, response: Response | None, complete: bool, reason: str | None
) -> None:
    exchange = Exchange("x", NOW, request, response, complete=complete, reason=reason)
    for width in (20, 80):
        assert not UNSEEN.search(printed(exchange, width=width))
