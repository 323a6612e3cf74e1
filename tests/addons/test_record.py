"""The recording proxy as a person starts it: a real mitmdump between real clients and upstreams."""

import asyncio
import base64
import gzip
import hashlib
import json
import re
import signal
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from mitmproxy.http import HTTPFlow
from mitmproxy.io import FlowReader

import rehearsal
from capture.files import open_recording
from contract import jsontext, recording
from rehearsal.payload import Agent
from rehearsal.platform import hold
from tests.addons.proxying import (
    SOON,
    Proxy,
    a_head,
    ask,
    client,
    free_port,
    recording_proxy,
    said,
    start,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHOTO = Path(rehearsal.__path__[0]) / "photos" / "rocket.jpg"

FIRST = b'data: {"choices":[{"delta":{"content":"one "}}]}\n\n'
SECOND = b'data: {"choices":[{"delta":{"content":"two"}}]}\n\ndata: [DONE]\n\n'
SAID = jsontext.encode({"said": "größer " * 400}).encode()

SECRETS = {
    "authorization": "wskey-4b1f9e77aa",
    "x-api-key": "xkey-0c55d3e8f1",
    "cookie": "sid=cookie-7d20e1b6c9",
    "query": "qkey/92+ab==c7",
}


@dataclass
class Upstream:
    """A small real upstream: keeps what it was sent, and answers as the path says."""

    heads: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 26)
        app.router.add_route("*", "/{kind}{rest:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.heads[request.path] = [(k.decode(), v.decode()) for k, v in request.raw_headers]
        self.bodies[request.path] = await request.read()
        return await {
            "whole": self._whole,
            "gzip": self._gzip,
            "echo": self._echo,
            "stream": self._stream,
            "break": self._break,
        }[request.match_info["kind"]](request)

    async def _whole(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"choices": [{"message": {"content": "well"}}]}, status=201)

    async def _gzip(self, _: web.Request) -> web.StreamResponse:
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return web.Response(body=gzip.compress(SAID, mtime=0), headers=headers)

    async def _echo(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Set-Cookie": SECRETS["cookie"],
                "X-Seen": request.headers["x-api-key"],
            }
        )
        await answer.prepare(request)
        said = "data: " + json.dumps([*SECRETS.values(), request.headers["Authorization"]])
        half = said.index(SECRETS["authorization"]) + 5
        await answer.write(said[:half].encode())
        await asyncio.sleep(0.05)
        await answer.write(said[half:].encode() + b"\n\n")
        return answer

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write(FIRST)
        await self.released.wait()
        await answer.write(SECOND)
        return answer

    async def _break(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write(FIRST)
        await asyncio.sleep(0.05)
        assert request.transport is not None
        request.transport.abort()
        return answer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream() -> AsyncIterator[Upstream]:
    made = Upstream()
    runner = web.AppRunner(made.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    made.released.set()
    await runner.cleanup()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def proxy(upstream: Upstream, folder: Callable[[str], Path]) -> AsyncIterator[Proxy]:
    """The proxy that most tests share; each finds its own exchange by the path."""
    arguments = ("--set", "sightline_out=calls.jsonl")
    async with recording_proxy(folder("shared"), upstream.address, *arguments) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stopped(
    upstream: Upstream, folder: Callable[[str], Path]
) -> AsyncIterator[tuple[Proxy, int]]:
    """A proxy that was stopped while an answer was passing, and its exit status."""
    arguments = ("--set", "sightline_out=calls.jsonl", "-w", "calls.flows")
    async with recording_proxy(folder("stopped"), upstream.address, *arguments) as running:
        upstream.released.clear()
        body = json.dumps({"messages": [{"role": "user", "content": "hällo"}]}).encode()
        await ask(running.port, a_head("/whole/stopped?a=1", body), body)
        async with client(running.port, a_head("/stream/stopped")) as (reader, _):
            await reader.readuntil(b"one ")
            status = await running.stop()
        yield running, status


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def alone(folder: Callable[[str], Path]) -> AsyncIterator[Proxy]:
    """A proxy whose upstream is not there, with a configuration of its own."""
    place = folder("alone")
    (place / "own.yaml").write_text(
        "capture:\n  recordings: kept\n  redact: {headers: [x-caller-pin]}\n"
    )
    arguments = ("--set", "sightline_config=own.yaml")
    async with recording_proxy(place, f"http://127.0.0.1:{free_port()}", *arguments) as running:
        yield running


class TestWhatIsRecorded:
    async def test_is_the_request_as_it_was_sent(self, proxy: Proxy, upstream: Upstream) -> None:
        body = json.dumps({"messages": ["ä" * 90_000], "stream": True}).encode()
        head = (
            "POST /whole/v1/a%2Fb?x=1&y=%C3%A4&x=2 HTTP/1.1\n"
            "X-first: 1\nhOST: voice.example:99\nX-Repeated: a\nConnection: close\nx-REPEATED: b\n"
            f"Content-Length: {len(body)}\nContent-Type: application/json\nX-Last:  spaced out "
        )
        assert (await ask(proxy.port, head, body)).startswith(b"HTTP/1.1 201")

        exchange = await proxy.recorded("/whole/v1/a%2Fb")
        request = exchange.request
        assert request.method == "POST"
        assert request.url == "http://voice.example:99/whole/v1/a%2Fb?x=1&y=%C3%A4&x=2"
        assert request.headers == (
            ("X-first", "1"),
            ("hOST", "voice.example:99"),
            ("X-Repeated", "a"),
            ("Connection", "close"),
            ("x-REPEATED", "b"),
            ("Content-Length", str(len(body))),
            ("Content-Type", "application/json"),
            ("X-Last", "spaced out"),
        )
        assert json.loads(request.body) == json.loads(body)
        assert upstream.bodies["/whole/v1/a/b"] == body

    async def test_is_the_answer_with_its_status(self, proxy: Proxy) -> None:
        passed = await ask(proxy.port, a_head("/whole/answer"))
        exchange = await proxy.recorded("/whole/answer")
        assert exchange.complete
        assert exchange.reason is None
        assert exchange.response is not None
        assert exchange.response.status == 201
        assert json.loads(exchange.response.body) == json.loads(passed.partition(b"\r\n\r\n")[2])
        assert exchange.response.arrivals
        assert exchange.duration is not None
        assert exchange.duration >= 0

    async def test_is_a_request_without_body_too(self, proxy: Proxy) -> None:
        await ask(proxy.port, "GET /whole/models HTTP/1.1\nHost: voice.example\nConnection: close")
        exchange = await proxy.recorded("/whole/models")
        assert (exchange.request.method, exchange.request.body) == ("GET", b"")

    async def test_names_the_host_that_the_client_named_and_the_upstream_gets_its_own(
        self, proxy: Proxy, upstream: Upstream
    ) -> None:
        await ask(proxy.port, a_head("/whole/host"))
        exchange = await proxy.recorded("/whole/host")
        assert exchange.request.header("host") == "voice.example"
        sent = [value for name, value in upstream.heads["/whole/host"] if name.lower() == "host"]
        assert sent == [upstream.address.removeprefix("http://")]

    async def test_is_two_requests_of_one_connection(self, proxy: Proxy) -> None:
        async with ClientSession(proxy.address) as session:
            for path in ("/whole/kept-1", "/whole/kept-2"):
                async with session.post(path, json={"path": path}) as answer:
                    await answer.read()
        for path in ("/whole/kept-1", "/whole/kept-2"):
            exchange = await proxy.recorded(path)
            assert json.loads(exchange.request.body) == {"path": path}

    async def test_is_printed_too(self, proxy: Proxy) -> None:
        body = json.dumps({"session_id": "conv_9801m4394evfexfsqb05pv6z39x3"}).encode()
        await ask(proxy.port, a_head("/whole/printed", body), body)
        await proxy.recorded("/whole/printed")
        assert "conv_9801m4394evfexfsqb05pv6z39x3" in await proxy.printing("#/session_id")


class TestAStream:
    async def test_passes_piece_by_piece_and_each_has_its_time(
        self, proxy: Proxy, upstream: Upstream
    ) -> None:
        upstream.released.clear()
        async with client(proxy.port, a_head("/stream/slow")) as (reader, _):
            await reader.readuntil(b"one ")  # the second piece is not released yet
            await asyncio.sleep(0.25)
            upstream.released.set()
            assert b"[DONE]" in await reader.read()

        response = (await proxy.recorded("/stream/slow")).response
        assert response is not None
        assert [piece for _, piece in response.chunks] == [FIRST, SECOND]
        (first, _), (second, _) = response.arrivals
        assert 0 <= first < 2000
        assert second - first >= 200

    async def test_whose_client_leaves_is_recorded_as_cut_short(
        self, proxy: Proxy, upstream: Upstream
    ) -> None:
        upstream.released.clear()
        async with client(proxy.port, a_head("/stream/left")) as (reader, _):
            await reader.readuntil(b"one ")
        exchange = await proxy.recorded("/stream/left")
        upstream.released.set()
        assert not exchange.complete
        assert exchange.reason
        assert exchange.response is not None
        assert exchange.response.body == FIRST

    async def test_that_breaks_off_is_recorded_as_cut_short_and_breaks_off_for_the_client(
        self, proxy: Proxy
    ) -> None:
        passed = await ask(proxy.port, a_head("/break/off"))
        exchange = await proxy.recorded("/break/off")
        assert not passed.endswith(b"0\r\n\r\n")  # nobody invents an ending
        assert not exchange.complete
        assert exchange.reason
        assert exchange.response is not None
        assert exchange.response.body == FIRST


async def test_a_gzip_answer_passes_untouched_and_is_recorded_decoded(proxy: Proxy) -> None:
    async with (
        ClientSession(proxy.address, auto_decompress=False) as session,
        session.post("/gzip/answer") as answer,
    ):
        passed = await answer.read()
    assert passed == gzip.compress(SAID, mtime=0)
    response = (await proxy.recorded("/gzip/answer")).response
    assert response is not None
    assert json.loads(response.body) == json.loads(SAID)
    assert sum(size for _, size in response.arrivals) == len(response.body)


async def test_no_secret_reaches_the_disk_or_the_screen(proxy: Proxy, upstream: Upstream) -> None:
    body = json.dumps({"messages": [], "note": f"my key is {SECRETS['x-api-key']}"}).encode()
    head = a_head(
        "/echo/secrets?api_key=qkey%2F92%2Bab%3D%3Dc7&page=1",
        body,
        f"Authorization: Bearer {SECRETS['authorization']}",
        f"X-API-Key: {SECRETS['x-api-key']}",
        f"Cookie: {SECRETS['cookie']}",
    )
    passed = await ask(proxy.port, head, body)
    assert SECRETS["x-api-key"].encode() in passed
    assert dict(upstream.heads["/echo/secrets"])["Authorization"].endswith(SECRETS["authorization"])

    exchange = await proxy.recorded("/echo/secrets")
    assert exchange.complete
    await proxy.printing("/echo/secrets")
    await ask(proxy.port, a_head("/whole/after-secrets"))
    everything = proxy.out.read_text("utf-8") + await proxy.printing("/whole/after-secrets")
    forms = [*SECRETS.values(), "qkey%2F92", "cookie-7d20e1b6c9"]
    assert [secret for secret in forms if secret in everything] == []
    assert "$request.header.authorization" in exchange.redacted
    token = (exchange.request.header("authorization") or "").removeprefix("Bearer ")
    assert exchange.response is not None
    assert token.encode() in exchange.response.body  # equal secrets have equal tokens


async def test_a_picture_is_kept_once_beside_the_recording_and_comes_back(proxy: Proxy) -> None:
    picture = PHOTO.read_bytes()
    uri = "data:image/jpeg;base64," + base64.b64encode(picture).decode()
    body = json.dumps({"messages": [{"content": [{"image_url": {"url": uri}}] * 2}]}).encode()
    for path in ("/whole/picture-1", "/whole/picture-2"):
        await ask(proxy.port, a_head(path, body), body)
        exchange = await proxy.recorded(path)
        assert json.loads(exchange.request.body) == json.loads(body)
    kept = list(proxy.out.with_name("calls.pictures").iterdir())
    assert [path.name for path in kept] == [f"{hashlib.sha256(picture).hexdigest()}.jpg"]
    assert kept[0].read_bytes() == picture
    assert base64.b64encode(picture[:300])[:200] not in proxy.out.read_bytes()


async def test_a_whole_rehearsed_call_passes_and_is_recorded(
    proxy: Proxy, upstream: Upstream
) -> None:
    upstream.released.set()
    held = await hold(f"{proxy.address}/stream/call", Agent(), says=("Hello?", "Thanks."))
    assert held.ended is None
    assert [turn.answer for turn in held.turns] == ["one two", "one two"]
    turns = await proxy.all_recorded("/stream/call/chat/completions", 3)
    assert [it.request.header("x-conversation-id") for it in turns] == [held.id] * 3
    assert all(it.is_turn for it in turns)
    assert sorted(it.complete for it in turns)[1:] == [True, True]  # one was left half-way


class TestAProxyThatIsStopped:
    async def test_records_what_was_still_passing(self, stopped: tuple[Proxy, int]) -> None:
        proxy, status = stopped
        exchange = await proxy.recorded("/stream/stopped")
        assert status == 0
        assert not exchange.complete
        assert exchange.reason
        assert exchange.response is not None
        assert exchange.response.body == FIRST

    async def test_leaves_a_recording_without_problems(self, stopped: tuple[Proxy, int]) -> None:
        found = recording.read(stopped[0].out)
        assert found.problems == ()
        assert [it.request.path for it in found.exchanges] == ["/whole/stopped", "/stream/stopped"]

    async def test_leaves_a_flow_file_that_mitmproxy_reads(
        self, stopped: tuple[Proxy, int]
    ) -> None:
        with stopped[0].out.with_name("calls.flows").open("rb") as file:
            flows = [flow for flow in FlowReader(file).stream() if isinstance(flow, HTTPFlow)]
        assert flows[0].request.path == "/whole/stopped?a=1"
        assert flows[0].response is not None
        assert flows[0].response.status_code == 201

    async def test_leaves_a_flow_file_that_sightline_reads(
        self, stopped: tuple[Proxy, int]
    ) -> None:
        proxy, _ = stopped
        ours = await proxy.recorded("/whole/stopped")
        theirs = open_recording(proxy.out.with_name("calls.flows")).exchanges[0]
        assert theirs.id == ours.id
        assert theirs.request.method == "POST"
        assert theirs.request.parameters == (("a", "1"),)
        assert json.loads(theirs.request.body) == json.loads(ours.request.body)


class TestAnUpstreamThatIsNotThere:
    async def test_is_recorded_with_the_reason(self, alone: Proxy) -> None:
        assert (await ask(alone.port, a_head("/v1/chat/completions", b"{}"), b"{}")).startswith(
            b"HTTP/1.1 502"
        )
        exchange = await alone.recorded("/v1/chat/completions")
        assert not exchange.complete
        assert exchange.reason
        assert exchange.response is None
        assert exchange.request.body == b"{}"


class TestTheConfiguration:
    async def test_names_the_folder_of_recordings(self, alone: Proxy) -> None:
        assert alone.out.parent.name == "kept"
        assert alone.out.suffix == ".jsonl"

    async def test_names_the_headers_to_redact(self, alone: Proxy) -> None:
        head = a_head("/pin", b"", "X-Caller-PIN: 7093-2217", "Authorization: Bearer stays-here")
        await ask(alone.port, head)
        exchange = await alone.recorded("/pin")
        assert exchange.request.header("authorization") == "Bearer stays-here"
        assert b"7093-2217" not in alone.out.read_bytes()
        assert "7093-2217" not in said(alone.printed)


BAD_STARTS = {
    "the recording exists": (
        ("--set", "sightline_out=there.jsonl"),
        "there.jsonl exists already; a recording is never overwritten: name another file",
    ),
    "the recording cannot be made": (
        ("--set", f"sightline_out={'a' * 300}.jsonl"),
        f"cannot write {'a' * 300}.jsonl",
    ),
    "the configuration has problems": (
        ("--set", "sightline_config=bad.yaml"),
        "bad.yaml:2",
    ),
    "the configuration is not there": (
        ("--set", "sightline_config=nowhere.yaml"),
        "nowhere.yaml",
    ),
}


@pytest.mark.parametrize(("arguments", "sentence"), BAD_STARTS.values(), ids=BAD_STARTS)
async def test_what_cannot_start_says_why_and_stops(
    arguments: tuple[str, ...],
    sentence: str,
    folder: Callable[[str], Path],
    request: pytest.FixtureRequest,
) -> None:
    place = folder(re.sub(r"\W", "-", request.node.name))
    (place / "there.jsonl").write_bytes(b"precious\n")
    (place / "bad.yaml").write_text("capture:\n  recordngs: here\n")
    process, printed = await start(place, "--mode", "reverse:http://127.0.0.1:9", *arguments)
    status = await asyncio.wait_for(process.wait(), SOON)
    assert status not in {0, -signal.SIGKILL}
    assert sentence in said(printed)
    assert "Traceback" not in said(printed)
    assert "recording http" not in said(printed)
    assert (place / "there.jsonl").read_bytes() == b"precious\n"


async def test_a_busy_port_is_said_and_nothing_is_recorded(folder: Callable[[str], Path]) -> None:
    place = folder("busy")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process, printed = await start(
            place,
            "--mode",
            "reverse:http://127.0.0.1:9",
            "--set",
            "sightline_out=c.jsonl",
            port=port,
        )
        status = await asyncio.wait_for(process.wait(), SOON)
    assert status not in {0, -signal.SIGKILL}
    assert str(port) in said(printed)
    assert "recording http" not in said(printed)
    assert not (place / "c.jsonl").exists()
