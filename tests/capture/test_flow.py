"""mitmproxy's flows become exchanges."""

import gzip
import logging
import time
from pathlib import Path

import pytest
from mitmproxy.http import Headers, HTTPFlow
from mitmproxy.io import FlowWriter
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow, tutils

from capture.flow import (
    Sent,
    exchange_of,
    give_length,
    is_reverse,
    keep_wire_out_of_log,
    read_flows,
    upstream_authority,
)
from capture.tee import Tee
from contract.errors import RecordingError

VOICE = Sent((("HOST", "voice.example"), ("X-a", "1")), "voice.example")


@pytest.fixture
def flow() -> HTTPFlow:
    """A flow as a reverse proxy makes it: sent to `voice.example`, relayed to 127.0.0.1:8000."""
    request = tutils.treq(
        host="127.0.0.1",
        port=8000,
        method=b"POST",
        path=b"/v1/chat/completions?a=1&a=2",
        headers=Headers([(b"HOST", b"127.0.0.1:8000"), (b"X-a", b"1"), (b"x-A", b"\xff2")]),
        content=b'{"a":1}',
        timestamp_start=1763879046.5,
        timestamp_end=1763879047.0,
    )
    response = tutils.tresp(
        status_code=201,
        headers=Headers([(b"Content-Type", b"application/json")]),
        content=b'{"b":2}',
        timestamp_start=1763879047.25,
        timestamp_end=1763879047.5,
    )
    made: HTTPFlow = tflow.tflow(req=request, resp=response)
    made.client_conn.proxy_mode = ProxyMode.parse("reverse:http://127.0.0.1:8000")
    return made


def test_a_flow_becomes_the_exchange_that_the_client_made(flow: HTTPFlow) -> None:
    exchange = exchange_of(flow, sent=VOICE)
    assert exchange.id == flow.id
    assert exchange.started.timestamp() == 1763879046.5
    assert exchange.request.method == "POST"
    assert exchange.request.url == "http://voice.example/v1/chat/completions?a=1&a=2"
    assert exchange.request.headers == VOICE.headers
    assert exchange.request.body == b'{"a":1}'
    assert exchange.response is not None
    assert exchange.response.status == 201
    assert exchange.response.body == b'{"b":2}'
    assert exchange.response.arrivals == ((250.0, 7),)
    assert exchange.duration == 500.0
    assert exchange.complete


def test_without_what_the_client_sent_the_flow_says_it(flow: HTTPFlow) -> None:
    request = exchange_of(flow).request
    assert request.url == "http://127.0.0.1:8000/v1/chat/completions?a=1&a=2"
    assert request.headers == (("HOST", "127.0.0.1:8000"), ("X-a", "1"), ("x-A", "\ufffd2"))


def test_what_the_tee_saw_goes_before_the_flows_own_copy(flow: HTTPFlow) -> None:
    tee = Tee(time.monotonic())
    tee(b"one")
    tee(b"two")
    response = exchange_of(flow, tee=tee).response
    assert response is not None
    assert [piece for _, piece in response.chunks] == [b"one", b"two"]


def test_a_reason_makes_it_incomplete(flow: HTTPFlow) -> None:
    flow.response = None
    exchange = exchange_of(flow, reason="client disconnected")
    assert (exchange.complete, exchange.reason) == (False, "client disconnected")
    assert (exchange.response, exchange.duration) == (None, None)


def test_a_request_with_an_absolute_path_has_a_url_all_the_same(flow: HTTPFlow) -> None:
    flow.request.path = "*"
    assert exchange_of(flow, sent=VOICE).request.url == "http://voice.example/*"


MODES = {"reverse:http://127.0.0.1:8000": True, "regular": False}


@pytest.mark.parametrize(("mode", "reverse"), MODES.items())
def test_a_reverse_proxy_is_told_from_others(flow: HTTPFlow, mode: str, *, reverse: bool) -> None:
    flow.client_conn.proxy_mode = ProxyMode.parse(mode)
    assert is_reverse(flow) == reverse


AUTHORITIES = [
    ("http", "127.0.0.1", 8000, "127.0.0.1:8000"),
    ("http", "api.example", 80, "api.example"),
    ("https", "api.example", 443, "api.example"),
    ("https", "api.example", 80, "api.example:80"),
    ("http", "::1", 8000, "[::1]:8000"),
]


@pytest.mark.parametrize(("scheme", "host", "port", "authority"), AUTHORITIES)
def test_the_upstream_is_called_by_its_own_name(
    flow: HTTPFlow, scheme: str, host: str, port: int, authority: str
) -> None:
    flow.request.scheme, flow.request.host, flow.request.port = scheme, host, port
    assert upstream_authority(flow) == authority


def test_a_flow_file_is_read_in_its_order_with_what_broke(flow: HTTPFlow, tmp_path: Path) -> None:
    broken: HTTPFlow = tflow.tflow(err=True)
    with (tmp_path / "calls.flows").open("wb") as file:
        writer = FlowWriter(file)  # type: ignore[no-untyped-call]
        for one in (flow, tflow.ttcpflow(), broken):
            writer.add(one)
    (first, second), problem = read_flows(tmp_path / "calls.flows")
    assert problem is None
    assert (first.id, second.id) == (flow.id, broken.id)
    assert first.complete
    assert not second.complete
    assert second.reason


@pytest.mark.parametrize("data", [b"", b"7:not it", b"5:abcde,", b"\x00\xff" * 50])
def test_what_is_no_flow_file_is_an_error_or_empty(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(data)
    if not data:
        assert read_flows(tmp_path / "bad") == ([], None)
        return
    with pytest.raises(RecordingError, match="cannot be read as a mitmproxy flow file"):
        read_flows(tmp_path / "bad")


def test_a_flow_file_that_was_cut_gives_what_is_whole_and_says_so(
    flow: HTTPFlow, tmp_path: Path
) -> None:
    path = tmp_path / "calls.flows"
    with path.open("wb") as file:
        writer = FlowWriter(file)  # type: ignore[no-untyped-call]
        writer.add(flow)
        whole = file.tell()
        writer.add(flow)
    path.write_bytes(path.read_bytes()[: whole + 40])
    (one,), problem = read_flows(path)
    assert one.id == flow.id
    assert problem == f"{path}: what follows flow 1 is torn and was skipped"


@pytest.mark.parametrize("part", ["request", "response"])
def test_a_body_that_mitmproxy_did_not_keep_is_said_to_be_missing(
    flow: HTTPFlow, part: str
) -> None:
    getattr(flow, part).raw_content = None
    exchange = exchange_of(flow)
    assert not exchange.complete
    assert exchange.reason
    assert "kept no body" in exchange.reason


def test_compressed_bodies_are_decoded_and_broken_ones_stay(flow: HTTPFlow) -> None:
    said = gzip.compress(b"said")
    flow.request.raw_content = said
    flow.request.headers["content-encoding"] = "gzip"
    assert flow.response
    flow.response.raw_content = b"no gzip"
    flow.response.headers["content-encoding"] = "gzip"
    exchange = exchange_of(flow)
    assert exchange.request.body == b"said"
    assert exchange.response
    assert exchange.response.body == b"no gzip"


def test_a_request_that_was_refused_without_destination_has_its_path(flow: HTTPFlow) -> None:
    flow.request.scheme, flow.request.host = "", ""
    assert exchange_of(flow, sent=Sent((), None)).request.url == "/v1/chat/completions?a=1&a=2"
    assert exchange_of(flow, sent=Sent((), "h")).request.url.startswith("http://h/v1")


def test_what_is_no_http_is_not_quoted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    keep_wire_out_of_log()
    logger = logging.getLogger("mitmproxy.proxy.server")
    logger.warning("::1: Bad HTTP request line: %r", b"GET /?key='secret\"'")
    logger.warning("client connect")
    assert [record.getMessage() for record in caplog.records] == [
        "::1: Bad HTTP request line: (not shown)",
        "client connect",
    ]


@pytest.mark.parametrize(
    ("headers", "content", "length"),
    [
        ({}, b"four", "4"),
        ({}, b"", None),
        ({"Content-Length": "9"}, b"four", "9"),
        ({"Transfer-Encoding": "chunked"}, b"four", None),
    ],
)
def test_a_body_whose_length_nothing_says_gets_one(
    flow: HTTPFlow, headers: dict[str, str], content: bytes, length: str | None
) -> None:
    flow.request.headers = Headers([(k.encode(), v.encode()) for k, v in headers.items()])
    flow.request.data.content = content
    give_length(flow.request)
    assert flow.request.headers.get("content-length") == length
