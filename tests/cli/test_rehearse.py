"""`sightline rehearse` by itself: what it prints of an endpoint that fails."""

import asyncio
import json

from aiohttp import web

from tests.cli.conftest import Run
from tests.conftest import Serve


async def test_what_an_endpoint_says_of_its_failure_cannot_command_the_terminal(
    run: Run, serve: Serve
) -> None:
    async def fails(_: web.Request) -> web.Response:
        event = {"error": {"message": "\x1b[2J\nconv_1: all is well"}}
        return web.Response(text=f"data: {json.dumps(event)}\n\n", content_type="text/event-stream")

    app = web.Application()
    app.router.add_post("/v1/chat/completions", fails)
    endpoint = f"{await serve(app)}/v1"
    done = await asyncio.to_thread(run, "rehearse", "--endpoint", endpoint, "--conversations", "1")
    assert done.returncode == 1
    assert "the call died in turn 1: the request failed 3 times, last with HTTP 200" in done.stderr
    assert r"\u001b[2J\u000aconv_1: all is well" in done.stderr
    assert len(done.stderr.splitlines()) == 1
