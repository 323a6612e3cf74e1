"""The load and the model understand each other over real sockets."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from bench.relay import load
from bench.relay.measures import Load
from bench.relay.model import create_app
from bench.relay.processes import free_port

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]

PICTURE = "data:image/jpeg;base64," + "Q" * 100_000


@pytest.fixture
async def job(serve: Serve, tmp_path: Path) -> dict[str, Any]:
    """What every job says: the model's port, and a turn with a picture."""
    file = tmp_path / "picture.uri"
    file.write_text(PICTURE, encoding="ascii")
    port = urlsplit(await serve(create_app())).port
    return {"port": port, "mark": "p450k", "picture": str(file)}


async def test_turns_on_one_connection_are_timed(job: dict[str, Any]) -> None:
    found = await load.latency({**job, "samples": 5, "seconds": 5.0})
    assert found["failures"] == []
    assert len(found["first_ms"]) == 5
    assert min(found["first_ms"]) > 0


async def test_turns_on_many_connections_are_counted(job: dict[str, Any]) -> None:
    found = await load.throughput({**job, "connections": 4, "seconds": 0.1})
    assert found["failures"] == []
    assert found["turns"] >= 4


async def test_turns_over_many_conversations_are_told_apart(job: dict[str, Any]) -> None:
    found = await load.spread({**job, "connections": 2, "turns": 4, "start": 0, "conversations": 2})
    assert found["turns"] == 0
    assert "0 pictures instead of one for m" in found["failures"][0]
    assert len(found["failures"]) == 4


async def test_paced_streams_have_gaps_between_their_pieces(
    job: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("load", "model"):
        monkeypatch.setattr(f"bench.relay.{module}.PACED", 8)
    found = await load.paced({**job, "streams": 3, "seconds": 0.3})
    assert found["failures"] == []
    assert found["gaps_ms"]["n"] > 10
    assert found["gaps_ms"]["p50"] > 5


async def test_a_turn_that_lost_its_picture_is_a_failure(job: dict[str, Any]) -> None:
    found = await load.latency({**job, "picture": None, "samples": 5, "seconds": 5.0})
    assert found["first_ms"] == []
    assert "0 pictures instead of one for p450k" in found["failures"][0]


async def test_a_server_that_goes_away_is_a_failure(serve: Serve) -> None:
    async def vanish(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/v1/chat/completions", vanish)])
    port = urlsplit(await serve(app)).port
    job = {"port": port, "mark": "none", "picture": None, "connections": 2, "seconds": 5.0}
    found = await load.throughput(job)
    assert found["turns"] == 0
    assert len(found["failures"]) == 2
    assert all("the connection was closed" in failure for failure in found["failures"])


def test_the_process_goes_on_where_nobody_listens() -> None:
    made = Load()
    job = {"port": free_port(), "mark": "none", "picture": None, "seconds": 1.0}
    try:
        for kind, more in [
            ("latency", {"samples": 1}),
            ("throughput", {"connections": 1}),
            ("spread", {"connections": 1, "turns": 1, "start": 0, "conversations": 1}),
            ("paced", {"streams": 1}),
        ]:
            found = made.do(kind=kind, **job, **more)
            assert found["failed"] == 1
            assert "no connection" in found["failures"][0]
    finally:
        made.end()
