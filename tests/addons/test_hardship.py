"""Every request and answer is recorded, also those that fail; or the proxy stops."""

import asyncio
import gzip
import hashlib
import io
import json
import os
import resource
import ssl
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import brotli
import h2.config
import h2.connection
import h2.events
import pytest
import pytest_asyncio
import zstandard
from aiohttp import ClientError, ClientSession, web

from capture.files import open_recording
from contract import jsontext
from tests.addons.proxying import (
    SOON,
    Proxy,
    a_head,
    ask,
    client,
    free_port,
    recording_proxy,
    said,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n"
RAW = {
    "nothing": b"",
    "garbage": b"this is no HTTP\r\n\r\n",
    "head": HEAD,
    "part": HEAD + b"ten bytes.",
}
SAID = jsontext.encode({"said": "größer " * 4000}).encode()
CODED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "gzip, br": lambda body: brotli.compress(gzip.compress(body)),
}
BIG = 50_000_000


@dataclass
class Upstream:
    """A real upstream that behaves as badly as the path says."""

    seen: list[str] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    address: str = ""

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 27)
        app.router.add_route("*", "/{kind}/{rest:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request.path)
        body = await request.read()
        self.bodies[request.path] = hashlib.sha256(body).hexdigest()
        kind = request.match_info["kind"]
        if kind in RAW:
            assert request.transport is not None
            request.transport.write(RAW[kind])
            await asyncio.sleep(0.05)
            request.transport.abort()
            return web.Response()
        if kind == "mirror":
            kept = ("content-type", "content-encoding")
            headers = {
                name: value for name, value in request.headers.items() if name.lower() in kept
            }
            return web.Response(body=body, headers=headers)
        if kind == "silent":
            await asyncio.sleep(60)
        if kind.isdigit():
            return web.json_response({"error": {"message": f"{kind}!"}}, status=int(kind))
        await asyncio.sleep(0.05)
        return web.json_response({"path": request.path})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream() -> AsyncIterator[Upstream]:
    made = Upstream()
    runner = web.AppRunner(
        made.app(), handler_cancellation=True, shutdown_timeout=0.1, auto_decompress=False
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def proxy(upstream: Upstream, folder: Callable[[str], Path]) -> AsyncIterator[Proxy]:
    arguments = ("--set", "sightline_out=calls.jsonl")
    async with recording_proxy(folder("hardship"), upstream.address, *arguments) as running:
        yield running


@pytest.mark.parametrize("status", [204, 304, 401, 429, 500, 503])
async def test_an_answer_of_any_status_is_recorded_as_it_is(proxy: Proxy, status: int) -> None:
    passed = await ask(proxy.port, a_head(f"/{status}/error"))
    assert passed.startswith(b"HTTP/1.1 %d" % status)
    exchange = await proxy.recorded(f"/{status}/error")
    assert exchange.complete
    assert exchange.response
    assert exchange.response.status == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE"])
async def test_a_request_without_body_is_recorded(proxy: Proxy, method: str) -> None:
    head = f"{method} /well/{method} HTTP/1.1\nHost: voice.example\nConnection: close"
    await ask(proxy.port, head)
    exchange = await proxy.recorded(f"/well/{method}")
    assert (exchange.request.method, exchange.request.body) == (method, b"")
    assert exchange.complete


async def test_what_a_client_expects_is_recorded_too(proxy: Proxy) -> None:
    head = a_head("/well/expecting", b"{}", "Expect: 100-continue")
    assert b"HTTP/1.1 200" in await ask(proxy.port, head, b"{}")
    exchange = await proxy.recorded("/well/expecting")
    assert exchange.request.header("expect") == "100-continue"


class TestAnUpstreamThatLeaves:
    @pytest.mark.parametrize("kind", ["nothing", "garbage"])
    async def test_before_it_answers_leaves_the_request_and_the_reason(
        self, proxy: Proxy, kind: str
    ) -> None:
        await ask(proxy.port, a_head(f"/{kind}/x", SAID), SAID)
        exchange = await proxy.recorded(f"/{kind}/x")
        assert not exchange.complete
        assert exchange.reason
        assert json.loads(exchange.request.body) == json.loads(SAID)
        assert exchange.response is None

    @pytest.mark.parametrize(("kind", "body"), [("head", b""), ("part", b"ten bytes.")])
    async def test_in_the_middle_leaves_what_arrived(
        self, proxy: Proxy, kind: str, body: bytes
    ) -> None:
        passed = await ask(proxy.port, a_head(f"/{kind}/x"))
        assert passed.endswith(b"\r\n\r\n" + body)  # nobody invents the rest
        exchange = await proxy.recorded(f"/{kind}/x")
        assert not exchange.complete
        assert exchange.reason
        assert exchange.response
        assert (exchange.response.status, exchange.response.body) == (200, body)


class TestAClientThatLeaves:
    async def test_before_the_answer_leaves_its_whole_request(
        self, proxy: Proxy, upstream: Upstream
    ) -> None:
        async with client(proxy.port, a_head("/silent/left", SAID), SAID):
            await until(lambda: "/silent/left" in upstream.seen)
        exchange = await proxy.recorded("/silent/left")
        assert not exchange.complete
        assert exchange.reason
        assert json.loads(exchange.request.body) == json.loads(SAID)
        assert exchange.response is None

    async def test_in_the_middle_of_its_request_leaves_what_arrived(
        self, proxy: Proxy, upstream: Upstream
    ) -> None:
        async with client(proxy.port, a_head("/well/cut-request", SAID), SAID[:1000]):
            await asyncio.sleep(0.2)
        exchange = await proxy.recorded("/well/cut-request")
        assert not exchange.complete
        assert exchange.reason
        assert exchange.request.body == SAID[:1000]
        assert exchange.request.header("content-length") == str(len(SAID))
        assert "/well/cut-request" not in upstream.seen

    async def test_in_the_middle_of_a_compressed_request_leaves_what_can_be_read(
        self, proxy: Proxy
    ) -> None:
        said = json.dumps([hashlib.sha256(b"%d" % n).hexdigest() for n in range(500)]).encode()
        coded = gzip.compress(said)
        head = a_head("/well/cut-gzip", coded, "Content-Encoding: gzip")
        async with client(proxy.port, head, coded[: len(coded) // 2]):
            await asyncio.sleep(0.2)
        body = (await proxy.recorded("/well/cut-gzip")).request.body
        assert said.startswith(body)
        assert len(body) > len(said) // 4


@pytest.mark.parametrize("coding", CODED)
async def test_compressed_bodies_pass_untouched_and_are_recorded_decoded(
    proxy: Proxy, upstream: Upstream, coding: str
) -> None:
    path, coded = f"/mirror/{coding.replace(', ', '-')}", CODED[coding](SAID)
    head = a_head(path, coded, f"Content-Encoding: {coding}", "Content-Type: application/json")
    passed = await ask(proxy.port, head, coded)
    assert passed.partition(b"\r\n\r\n")[2] == coded
    assert upstream.bodies[path] == hashlib.sha256(coded).hexdigest()
    exchange = await proxy.recorded(path)
    assert exchange.response
    for body in (exchange.request.body, exchange.response.body):
        assert json.loads(body) == json.loads(SAID)
    assert sum(size for _, size in exchange.response.arrivals) == len(exchange.response.body)


async def test_bodies_of_fifty_megabytes_pass_both_ways_and_come_back(
    upstream: Upstream, folder: Callable[[str], Path]
) -> None:
    picture = "data:image/png;base64," + b64encode(os.urandom(BIG * 3 // 4)).decode()
    body = json.dumps({"messages": [{"content": [{"image_url": {"url": picture}}]}]}).encode()
    arguments = ("--set", "sightline_out=calls.jsonl")
    async with recording_proxy(folder("big"), upstream.address, *arguments) as proxy:
        async with (
            ClientSession(proxy.address, timeout=None) as session,
            session.post("/mirror/big", data=io.BytesIO(body)) as answer,
        ):
            assert hashlib.sha256(await answer.read()).digest() == hashlib.sha256(body).digest()
        assert upstream.bodies["/mirror/big"] == hashlib.sha256(body).hexdigest()
        await until(lambda: "/mirror/big" in said(proxy.printed), 60)
        exchange = await proxy.recorded("/mirror/big")
    assert exchange.response
    for recorded in (exchange.request.body, exchange.response.body):
        assert json.loads(recorded) == json.loads(body)
    assert len(proxy.out.read_bytes()) < BIG  # the picture is kept beside it, once


async def test_http_2_from_the_client_is_recorded(proxy: Proxy) -> None:
    async with asyncio.timeout(SOON):
        status = await post_over_http_2(proxy.port, "/mirror/h2?a=1", SAID)
    assert status == b"200"
    exchange = await proxy.recorded("/mirror/h2")
    assert exchange.request.http_version == "HTTP/2.0"
    assert exchange.request.url.endswith("://voice.example/mirror/h2?a=1")
    assert exchange.request.headers == (("x-conversation-id", "conv_h2"),)
    assert json.loads(exchange.request.body) == json.loads(SAID)
    assert exchange.response
    assert json.loads(exchange.response.body) == json.loads(SAID)


async def post_over_http_2(port: int, path: str, body: bytes) -> bytes:
    """Send one request over TLS and HTTP/2, and return the status once the answer is whole."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="voice.example"
    )
    connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding=None))
    connection.initiate_connection()
    head = [(":method", "POST"), (":scheme", "https"), (":path", path)]
    named = [(":authority", "voice.example"), ("x-conversation-id", "conv_h2")]
    connection.send_headers(1, [*head, *named])
    left, status = body, b""
    while True:
        while left and (room := min(connection.local_flow_control_window(1), 16_384)):
            connection.send_data(1, left[:room], end_stream=len(left) <= room)
            left = left[room:]
        writer.write(connection.data_to_send())
        for event in connection.receive_data(await reader.read(65_536)):
            if isinstance(event, h2.events.ResponseReceived):
                status = dict(event.headers or ())[b":status"]
            elif isinstance(event, h2.events.DataReceived):
                connection.acknowledge_received_data(event.flow_controlled_length or 0, 1)
            elif isinstance(event, h2.events.StreamEnded):
                writer.close()
                return status


async def test_a_hundred_at_once_with_one_picture_are_a_hundred_exchanges_and_one_picture(
    proxy: Proxy,
) -> None:
    picture = os.urandom(3000)
    uri = "data:image/png;base64," + b64encode(picture).decode()

    async def call(number: int) -> None:
        async with ClientSession(proxy.address) as session:
            for turn in range(2):  # on one connection, between the turns of all the others
                body = {"call": number, "turn": turn, "image": uri}
                answer = await session.post("/well/many", json=body)
                assert (await answer.json())["path"] == "/well/many"

    await asyncio.gather(*map(call, range(100)))
    exchanges = await proxy.all_recorded("/well/many", 200)
    bodies = [json.loads(exchange.request.body) for exchange in exchanges]
    assert sorted((it["call"], it["turn"]) for it in bodies) == [
        (call, turn) for call in range(100) for turn in range(2)
    ]
    assert {body["image"] for body in bodies} == {uri}
    assert all(exchange.complete for exchange in exchanges)
    kept = proxy.out.with_name("calls.pictures") / f"{hashlib.sha256(picture).hexdigest()}.png"
    assert kept.read_bytes() == picture


def full_disk(proxy: Proxy) -> None:
    size = proxy.out.stat().st_size + 20_000  # what is printed is a file, too
    resource.prlimit(proxy.process.pid, resource.RLIMIT_FSIZE, (size, size))


def removed(proxy: Proxy) -> None:
    proxy.out.unlink()


def replaced(proxy: Proxy) -> None:
    proxy.out.rename(proxy.out.with_suffix(".old"))
    proxy.out.write_bytes(b"")


def no_place_for_pictures(proxy: Proxy) -> None:
    proxy.out.with_name("calls.pictures").write_bytes(b"in the way")


@pytest.mark.parametrize("fail", [full_disk, removed, replaced, no_place_for_pictures])
async def test_a_recorder_that_cannot_write_stops_the_proxy_before_anything_more_passes(
    upstream: Upstream, folder: Callable[[str], Path], fail: Callable[[Proxy], None]
) -> None:
    place = folder(fail.__name__)
    arguments = ("--set", "sightline_out=calls.jsonl")
    async with recording_proxy(place, upstream.address, *arguments) as proxy:
        picture = "data:image/png;base64," + b64encode(os.urandom(3000)).decode()
        body = {"image": picture, "text": "said " * 8000}
        async with ClientSession(proxy.address) as session:
            await (await session.post(f"/well/{fail.__name__}-1", json={})).read()
            await proxy.recorded(f"/well/{fail.__name__}-1")
            fail(proxy)
            with suppress(ClientError):
                await (await session.post(f"/well/{fail.__name__}-2", json=body)).read()
            with suppress(ClientError):
                await (await session.post(f"/well/{fail.__name__}-3", json={})).read()
        status = await asyncio.wait_for(proxy.process.wait(), SOON)
    assert status not in {0, -9}
    assert f"/well/{fail.__name__}-2" in upstream.seen
    assert f"/well/{fail.__name__}-3" not in upstream.seen
    printed = said(proxy.printed)
    assert "cannot write" in printed
    assert "the proxy stops" in printed
    assert "Traceback" not in printed


FAULTY = """
from capture.recorder import Recorder

def record(self, exchange):
    raise ValueError(exchange.request.body)

Recorder.record = record
"""


async def test_a_fault_of_the_recorder_stops_the_proxy_and_tells_nothing_of_the_exchange(
    upstream: Upstream, folder: Callable[[str], Path]
) -> None:
    place = folder("faulty")
    (place / "faulty.py").write_text(FAULTY)
    arguments = ("-s", "faulty.py", "--set", "sightline_out=calls.jsonl")
    async with recording_proxy(place, upstream.address, *arguments) as proxy:
        await ask(proxy.port, a_head("/well/faulty", b"private words"), b"private words")
        assert await asyncio.wait_for(proxy.process.wait(), SOON) == 1
    assert "cannot record an exchange: ValueError in faulty.py, line 5" in said(proxy.printed)
    assert "private words" not in said(proxy.printed)


async def test_mitmweb_records_too(upstream: Upstream, folder: Callable[[str], Path]) -> None:
    place = folder("mitmweb")
    arguments = (
        *("--no-web-open-browser", "--web-port", str(free_port())),
        *("--set", "sightline_out=calls.jsonl", "-w", "calls.flows"),
    )
    async with recording_proxy(place, upstream.address, *arguments, program="mitmweb") as proxy:
        await ask(proxy.port, a_head("/mirror/web", SAID), SAID)
        exchange = await proxy.recorded("/mirror/web")
        assert await proxy.stop() == 0
    assert json.loads(exchange.request.body) == json.loads(SAID)
    assert "Traceback" not in said(proxy.printed)
    (theirs,) = open_recording(place / "calls.flows").exchanges
    assert theirs.response
    assert theirs.response.body == SAID  # streamed, and all the same in mitmproxy's own file
