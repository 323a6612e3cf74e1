"""The pieces of an answer, a line each."""

import json

from capture.report.pieces import MOST, pieces
from contract.exchange import Response

SSE = (("content-type", "text/event-stream"),)


def event(delta: object) -> bytes:
    return f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode()


def response(*data: bytes, headers: tuple[tuple[str, str], ...] = SSE) -> Response:
    arrivals = tuple((100.0 * at, len(one)) for at, one in enumerate(data, 1))
    return Response(200, headers, b"".join(data), arrivals)


def test_each_piece_says_when_how_large_and_what() -> None:
    call = {"tool_calls": [{"function": {"name": "end_call", "arguments": "{}"}}]}
    told = pieces(
        response(event({"content": "a <b>\n"}), event(call), b"data: [DONE]\n\n")
    ).splitlines()
    assert told[0].split() == ["ms", "+ms", "bytes", "says"]
    assert told[1].split() == ["100", "+100", "56", "&#34;a", "&lt;b&gt;\\n&#34;"]
    assert told[2].split()[-1] == "&#34;end_call({}&#34;"
    assert told[3].split() == ["300", "+100", "14", "[DONE]"]


def test_an_event_that_is_cut_by_the_network_is_told_with_its_end() -> None:
    whole = event({"content": "boat"})
    told = pieces(response(whole[:20], whole[20:])).splitlines()
    assert told[1].split() == ["100", "+100", "20"]
    assert "boat" in told[2]


def test_what_is_not_known_is_told_by_its_beginning() -> None:
    told = pieces(response(b"data: " + b"x" * 500 + b"\n\n", b"data: {\ndata: 7\n\n"))
    assert "x" * 120 + " …" in told
    assert "x" * 121 not in told
    assert told.endswith("  { 7")


def test_a_chunk_that_says_nothing_is_a_dash() -> None:
    told = pieces(response(event({"role": "assistant"}), event({"content": "Hi"})))
    assert told.splitlines()[1].endswith("  -")


def test_one_piece_is_not_worth_a_table() -> None:
    assert pieces(response(event({}))) == pieces(Response(204)) == ""


def test_pieces_of_no_stream_have_times_only() -> None:
    assert "said" not in pieces(response(b"said", b"said", headers=()))


def test_of_many_pieces_the_rest_is_counted() -> None:
    told = pieces(response(*[event({"content": "x"})] * (MOST + 1_234))).splitlines()
    assert told[-1] == "and 1,234 more"
    assert len(told) == MOST + 2
