"""The stand-in model: what any model's front door does, and an answer at once.

It reads the whole body, parses it, and looks whether the picture that the turn's mark names is
there: by its length, and by SHA-256 over its first and last 4 KB. The first picture that comes with
a mark is the one that belongs to it from then on; a picture that belongs to another mark is wrong,
and so is none. Nobody gets an answer for less.

    POST /v1/chat/completions   the turn; 24 pieces at once, or 64 pieces 20 ms apart if `paced`
    GET  /learned/{mark}        the data URI that belongs to a mark (those that begin with p)

A process of its own: python -m bench.relay.model PORT
"""

import asyncio
import hashlib
import re
import sys
import time
from typing import Any

import orjson
import uvloop
from aiohttp import web

PIECES, PACED, PAUSE = 24, 64, 0.020
"""Pieces of an answer, pieces of a paced answer, and seconds between two of those."""

_EDGE = 4096
_MARK = re.compile(r"\[(\w+)( paced)?\]")
_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}


class Pictures:
    """Which picture belongs to which mark."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[int, bytes]] = {}
        self._whose: dict[tuple[int, bytes], str] = {}
        self.learned: dict[str, str] = {}

    def wrong(self, mark: str, shown: list[str]) -> str:
        """Return what is wrong with the pictures of a turn, or nothing."""
        if mark == "none":
            return f"{len(shown)} pictures where there is none to be" if shown else ""
        if len(shown) != 1:
            return f"{len(shown)} pictures instead of one for {mark}"
        seen = fingerprint(shown[0])
        if mark not in self._of and seen not in self._whose:
            self._learn(mark, seen, shown[0])
        return "" if self._of.get(mark) == seen else f"the picture is not the one of {mark}"

    def _learn(self, mark: str, seen: tuple[int, bytes], uri: str) -> None:
        self._of[mark], self._whose[seen] = seen, mark
        if mark.startswith("p"):
            self.learned[mark] = uri


def fingerprint(uri: str) -> tuple[int, bytes]:
    """Return a data URI's length, and SHA-256 over its first and its last 4 KB."""
    return len(uri), hashlib.sha256((uri[:_EDGE] + uri[-_EDGE:]).encode()).digest()


def asked(turn: dict[str, Any]) -> tuple[str, bool, list[str]]:
    """Return the mark of a turn, whether the answer is to be paced, and the pictures' URLs."""
    last = next(said for said in reversed(turn["messages"]) if said["role"] == "user")
    content = last["content"]
    parts: list[dict[str, Any]] = content
    if isinstance(content, str):
        parts = [{"type": "text", "text": content}]
    text = "".join(part["text"] for part in parts if part["type"] == "text")
    shown = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    match = _MARK.match(text)
    if match is None:
        raise web.HTTPUnprocessableEntity(text="the turn has no mark")
    return str(match[1]), bool(match[2]), shown


def event(text: str | None, *, role: bool = False) -> bytes:
    """Return a piece of an answer as an event; None is the last one."""
    delta: dict[str, str] = {"role": "assistant", "content": ""} if role else {}
    if text:
        delta["content"] = text
    finish = "stop" if text is None else None
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    chunk = {
        "id": "chatcmpl-bench",
        "object": "chat.completion.chunk",
        "created": 1790000000,
        "model": "bench",
        "choices": [choice],
    }
    return b"data: " + orjson.dumps(chunk) + b"\n\n"


_FIRST = event("", role=True) + event("It ")
_LAST = event(None) + b"data: [DONE]\n\n"
_REST = b"".join(event(f"word{number} ") for number in range(1, PIECES)) + _LAST


class Model:
    """The routes of the model, and the pictures that it knows."""

    def __init__(self) -> None:
        self._pictures = Pictures()

    async def turn(self, request: web.Request) -> web.StreamResponse:
        """Look at the turn, and answer it or refuse it."""
        mark, paced, shown = asked(orjson.loads(await request.read()))
        if wrong := self._pictures.wrong(mark, shown):
            return web.json_response({"error": {"message": wrong}}, status=422)
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        await (_paced(response) if paced else _at_once(response))
        await response.write_eof()
        return response

    async def learned(self, request: web.Request) -> web.Response:
        """Say which picture belongs to a mark."""
        return web.Response(text=self._pictures.learned[request.match_info["mark"]])


async def _at_once(response: web.StreamResponse) -> None:
    await response.write(_FIRST)
    await response.write(_REST)


async def _paced(response: web.StreamResponse) -> None:
    began = time.perf_counter()
    for number in range(PACED):
        await asyncio.sleep(max(0.0, began + number * PAUSE - time.perf_counter()))
        await response.write(event(f"#{number}@{time.perf_counter_ns()}#"))
    await response.write(_LAST)


def create_app() -> web.Application:
    """Return the model as an application."""
    model, app = Model(), web.Application(client_max_size=64 << 20)
    app.add_routes(
        [
            web.post("/v1/chat/completions", model.turn),
            web.get("/learned/{mark}", model.learned),
        ]
    )
    return app


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    runner = web.AppRunner(create_app(), access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
