"""The loop by hand in the Responses API: rehearsed, recorded, shown, located, replayed."""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
from aiohttp import web

from contract.config import load
from contract.recording import read
from rehearsal.model import create_app

Run = Callable[..., subprocess.CompletedProcess[str]]
Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]
Service = Callable[..., Any]

VENDOR = {"user_id", "elevenlabs_extra_body"}


def relay(model: str, **headers: str) -> web.Application:
    """Return an endpoint that removes the vendor's fields, as any has to."""

    async def turn(request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        body = {name: value for name, value in asked.items() if name not in VENDOR}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{model}{request.path}", json=body) as answer,
        ):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            kind = {"Content-Type": answer.headers["Content-Type"]}
            response = web.StreamResponse(status=answer.status, headers=named | kind)
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
        return response

    app = web.Application(client_max_size=1 << 26)
    app.router.add_post("/v1/responses", turn)
    return app


async def test_a_recording_of_the_responses_api_is_shown_located_and_replayed(
    run: Run, serve: Serve, service: Service, tmp_path: Path
) -> None:
    endpoint = await serve(relay(await serve(create_app())))
    out = str(tmp_path / "first.jsonl")
    options = ("--listen", "127.0.0.1:0", "--upstream", endpoint, "--out", out)
    async with service("capture", *options) as capture:
        rehearse = ("rehearse", "--api", "responses", "--endpoint", f"{capture}/v1")
        held = await asyncio.to_thread(run, *rehearse, "--id-in", "prompt")
    assert held.returncode == 0, held.stderr
    paths = {it.request.path for it in read(tmp_path / "first.jsonl").exchanges}
    assert paths == {"/v1/responses"}

    talk = run("show", "first.jsonl", "--talk", "--session", "1").stdout
    assert talk.count("\nperson ") == 4
    assert "sent again" in talk
    assert 'calls make_a_note {"text":' in talk
    assert 'tool     {"saved": true' in talk
    assert "another answer" not in talk

    found = run("locate", "first.jsonl", "--write")
    assert found.returncode == 0, found.stdout
    assert "12 turns of 2 conversations" in found.stdout
    (path,) = load(tmp_path / "config.yaml", {}).conversation_id
    assert (path.place, path.keys) == ("body", ("input", "0", "content"))

    again = await asyncio.to_thread(run, "replay", "first.jsonl", "--target", endpoint)
    assert again.returncode == 0, again.stdout
    assert "good  all 12 turns" in again.stdout


async def test_an_endpoint_that_spoke_for_the_model_is_shown_and_is_a_problem(
    run: Run, serve: Serve, service: Service, tmp_path: Path
) -> None:
    app = relay(await serve(create_app()), x_sightline_fallback="first byte: 3.5 s")
    endpoint = await serve(app)
    out = str(tmp_path / "first.jsonl")
    options = ("--listen", "127.0.0.1:0", "--upstream", endpoint, "--out", out)
    async with service("capture", *options) as capture:
        rehearse = ("rehearse", "--api", "responses", "--endpoint", f"{capture}/v1")
        held = await asyncio.to_thread(run, *rehearse, "--conversations", "1")
    said = " ".join(held.stdout.split())
    assert "the endpoint spoke for the model (first byte: 3.5 s): (Stand-in" in said

    replay = ("replay", "first.jsonl", "--target", endpoint)
    again = await asyncio.to_thread(run, *replay)
    assert again.returncode == 1
    said = " ".join(again.stdout.split())
    assert "call 1, turn 1: the endpoint spoke for the model: first byte: 3.5 s" in said


async def test_an_error_page_is_said_in_one_line(run: Run, serve: Serve) -> None:
    async def fail(_: web.Request) -> web.Response:
        page = "<html><head><title>502</title></head>\n<body><h1>502 Bad Gateway</h1>\n<hr>nginx"
        return web.Response(status=502, text=page, content_type="text/html")

    app = web.Application()
    app.router.add_post("/v1/chat/completions", fail)
    endpoint = f"{await serve(app)}/v1"
    held = await asyncio.to_thread(run, "rehearse", "--endpoint", endpoint, "--conversations", "1")
    assert held.returncode == 1
    assert held.stderr.strip().endswith("last with HTTP 502: Bad Gateway nginx")
    assert len(held.stderr.splitlines()) == 1
