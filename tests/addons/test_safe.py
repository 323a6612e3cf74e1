"""No secret reaches the disk or the screen: every place is planted, and all output is searched."""

import asyncio
import base64
import html
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from aiohttp import web

from contract import recording
from tests.addons.proxying import ADDON, SOON, a_head, ask, client, free_port, said, until

ROOT = Path(__file__).parents[2]

PLANTED = {
    "authorization": "ws-4b1f9e77aa-bearer",
    "user:password": "anna:hunter2-Größe",
    "cookie": "cookie-7d20e1b6c9",
    "x-api-key": "xkey/0c55+d3e8f1==",
    "xi-api-key": "xi-90af11c24b",
    "x-tenant-api-key": "tenant-5f0e7a77b1",
    "x-hub-signature-256": "sha256=9f86d081884c7d659a2feaa0c55ad015",
    "x-session-token": "session-token-51d9c0",
    "query": 'q&key<"é/92+ab==c7',
    "referer": "ref-token-8c1d33e0",
    "body": "pin-3315-9082-77",
    "prompt": "+44-7700-900-123",
    "set-cookie": "answer-cookie-11fe09",
    "location": "loc-token-77aa0e12",
    "bad line": "line-secret-7711ab",
    "bad header": "head-secret-99c0de",
    "bearer": "endpoint-bearer-09af",
    "openai": "sk-model-key-66b1d0",
}
CONFIG = """
capture:
  upstream: UPSTREAM
  recordings: kept
  redact:
    body:
      - $request.body#/pin
      - {from: "$request.body#/messages/0/content", match: "caller ([+0-9-]+)"}
injector: {bearer: "${SIGHTLINE_BEARER}", upstream: {api_key: "${OPENAI_API_KEY}"}}
"""


def forms(secret: str) -> Iterator[str]:
    """Yield how a secret may be written."""
    yield from (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (json.dumps(json.dumps(secret))[3:-3], html.escape(secret))
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(secret.encode()).decode().rstrip("=")[:-1]


def app() -> web.Application:
    """An upstream that says every secret that it knows, in many forms, and fails in many ways."""
    made = web.Application(client_max_size=1 << 24)
    made.router.add_route("*", "/{kind}{rest:.*}", _answer)
    return made


async def _answer(request: web.Request) -> web.StreamResponse:
    await request.read()
    kind = request.match_info["kind"].split("/")[0]
    headers = {
        "Set-Cookie": f"sid={PLANTED['set-cookie']}; Path=/",
        "Location": f"https://h/?token={PLANTED['location']}",
    }
    known = [secret for name, secret in PLANTED.items() if not name.startswith("bad")]
    if kind == "page":
        page = "".join(f"<p>{html.escape(it)} {quote(it)}" for it in known)
        return web.Response(text=page, status=500, content_type="text/html", headers=headers)
    if kind == "json":
        coded = [base64.b64encode(f"{x}{it}".encode()).decode() for it in known for x in ("", "x ")]
        echo = {"seen": known, "inside": json.dumps(known), "coded": coded}
        return web.json_response(echo, status=401, headers=headers)
    answer = web.StreamResponse(headers={**headers, "Content-Type": "text/event-stream"})
    await answer.prepare(request)
    for letter in " and ".join(known):
        event = json.dumps({"choices": [{"delta": {"content": letter}}]})
        await answer.write(f"data: {event}\n\n".encode())
    if kind == "break":
        assert request.transport is not None
        request.transport.abort()
    return answer


def planted_head(path: str, body: bytes) -> str:
    pair = base64.b64encode(PLANTED["user:password"].encode()).decode()
    names = ("x-api-key", "xi-api-key", "x-tenant-api-key", "x-hub-signature-256")
    return a_head(
        f"{path}?api_key={quote(PLANTED['query'], safe='')}&page=1",
        body,
        f"Authorization: Bearer {PLANTED['authorization']}",
        f"Proxy-Authorization: Basic {pair}",
        f"Cookie: theme=dark; sid={PLANTED['cookie']}",
        *(f"{name}: {PLANTED[name]}" for name in (*names, "x-session-token")),
        f"Referer: https://h/?token={PLANTED['referer']}",
        "X-Conversation-Id: conv_9801m4394evfexfsqb05pv6z39x3",
        "Content-Type: application/json",
    )


@dataclass
class Running:
    """A proxy whose output goes to files in its folder."""

    port: int
    folder: Path


@pytest.fixture(params=["sightline capture", "mitmdump"])
async def proxy(
    request: pytest.FixtureRequest, tmp_path: Path, serve: Callable[[web.Application], object]
) -> AsyncIterator[Running]:
    upstream = await serve(app())  # type: ignore[misc]
    (tmp_path / "own.yaml").write_text(CONFIG.replace("UPSTREAM", str(upstream)))
    async with running(tmp_path, str(request.param), str(upstream), "first.jsonl") as started:
        yield started


@asynccontextmanager
async def running(folder: Path, program: str, upstream: str, out: str) -> AsyncIterator[Running]:
    port = free_port()
    commands = {
        "sightline capture": (
            *(sys.executable, "-m", "cli.main", "capture", "--config", "own.yaml"),
            *("--listen", f"127.0.0.1:{port}", "--upstream", upstream, "--out", out),
        ),
        "mitmdump": (
            *(str(Path(sys.executable).with_name("mitmdump")), "--mode", f"reverse:{upstream}"),
            *("--listen-host", "127.0.0.1", "--listen-port", str(port), "-s", str(ADDON)),
            *("--set", f"sightline_out={out}", "--set", "sightline_config=own.yaml"),
        ),
    }
    printed = folder / f"printed-{out}.txt"
    with printed.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *commands[program],
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=asyncio.subprocess.STDOUT,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "HOME": str(folder),
                "SIGHTLINE_BEARER": PLANTED["bearer"],
                "OPENAI_API_KEY": PLANTED["openai"],
            },
        )
    try:
        await until(lambda: "recording http" in said(printed))
        yield Running(port, folder)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), SOON) == 0
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_no_planted_secret_is_in_any_output(proxy: Running) -> None:
    prompt = f"Be kind. The caller {PLANTED['prompt']} is Anna."
    message = {"role": "system", "content": prompt}
    body = json.dumps({"messages": [message], "pin": PLANTED["body"]}).encode()
    for path in ("/page/1", "/json/1", "/stream/1", "/break/1", "/json/1/chat/completions"):
        await ask(proxy.port, planted_head(path, body), body)
    # What was seen once is a secret in what follows, too.
    known = [secret for name, secret in PLANTED.items() if not name.startswith("bad")]
    again = json.dumps({"text": " ".join(known), "list": known}).encode()
    await ask(proxy.port, a_head(f"/json/{quote(PLANTED['cookie'])}", again), again)
    # What is cut, or is no HTTP at all, must not be told either.
    async with client(proxy.port, planted_head("/page/cut", body * 2), body):
        await asyncio.sleep(0.1)
    await ask(proxy.port, f"GARBAGE /?token='{PLANTED['bad line']} {PLANTED['cookie']}")
    await ask(proxy.port, f"GET /page/bad HTTP/1.1\nX-Token : {PLANTED['bad header']}")
    await asyncio.sleep(0.2)
    async with running(
        proxy.folder, "sightline capture", f"http://127.0.0.1:{free_port()}", "second.jsonl"
    ) as unanswered:
        await ask(unanswered.port, planted_head("/nobody/there", body), body)

    first = recording.read(proxy.folder / "first.jsonl").exchanges
    paths = {exchange.request.path for exchange in first}
    assert {"/page/1", "/json/1", "/stream/1", "/break/1", "/page/cut"} <= paths
    assert len(recording.read(proxy.folder / "second.jsonl").exchanges) == 1
    for command in (("show", "first.jsonl"), ("export", "first.jsonl", "--har", "first.har")):
        made = sightline(proxy.folder, *command)
        (proxy.folder / f"{command[0]}.txt").write_text(made)
    leaks = [
        (name, form, path.name)
        for path in proxy.folder.rglob("*")
        if path.is_file()
        for text in [path.read_bytes().decode("utf-8", "replace")]
        for name, secret in PLANTED.items()
        for form in forms(secret)
        if form in text or form in text.replace("\n", "").replace(" ", "")
    ]
    assert not leaks, leaks
    conversation = {exchange.request.header("x-conversation-id") for exchange in first}
    assert "conv_9801m4394evfexfsqb05pv6z39x3" in conversation


def sightline(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout + done.stderr
