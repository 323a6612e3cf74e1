"""Two machines, each with an endpoint, before one Redis: any of them answers any conversation."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from cli.demo.children import child
from tests.injector.store.redis.server import Server, running

PHOTO = Path(__file__).parents[2] / "rehearsal" / "photos" / "cat.webp"
CONFIG = """
conversation_id: [$request.header.x-conversation-id]
injector:
  images:
    store: {store}
  upstream:
    base_url: {model}/v1
    api_key: sk-planted-for-tests
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path / "redis") as server:
        yield server


@pytest.fixture
async def machines(tmp_path: Path, server: Server) -> AsyncIterator[tuple[str, str]]:
    """The addresses of two endpoints, processes with folders of their own."""
    async with AsyncExitStack() as stack:
        anywhere = ("--listen", "127.0.0.1:0")
        model = await stack.enter_async_context(
            child("model", ("model", *anywhere), tmp_path, os.environ)
        )
        addresses = []
        for name in ("one", "two"):
            folder = tmp_path / name
            folder.mkdir()
            config = folder / "config.yaml"
            config.write_text(CONFIG.format(store=server.url, model=model))
            arguments = ("serve", "--config", str(config), *anywhere)
            serving = child("serve", arguments, folder, os.environ)
            addresses.append(await stack.enter_async_context(serving))
        yield addresses[0], addresses[1]


async def turn(session: aiohttp.ClientSession, address: str) -> str:
    """Ask what is to be seen in conversation c; return what became of its pictures."""
    async with session.post(
        f"{address}/v1/chat/completions",
        headers={"X-Conversation-Id": "c"},
        json={"stream": True, "messages": [{"role": "user", "content": "What do you see?"}]},
    ) as answer:
        said = await answer.text()
        assert answer.status == 200
        assert "[DONE]" in said
        return answer.headers["x-sightline-context"]


async def post(
    session: aiohttp.ClientSession, url: str, status: int, **sent: object
) -> dict[str, object]:
    async with session.post(url, **sent) as answer:  # type: ignore[arg-type]
        told = await answer.json()
        assert answer.status == status, told
        return dict(told)


async def test_a_picture_shared_at_one_machine_is_shown_and_forgotten_by_all(
    machines: tuple[str, str], server: Server
) -> None:
    one, two = machines
    async with aiohttp.ClientSession() as session:
        upload = await post(session, f"{one}/upload_image", 201, data=PHOTO.read_bytes())
        named = {"conversationId": "c", "temporaryId": upload["temporaryId"]}
        made = await post(session, f"{two}/associate_context", 200, json=named)
        assert made["images"] == 1
        for _ in range(2):
            assert await turn(session, one) == "attached;n=1"
            assert await turn(session, two) == "attached;n=1"
        bearer = {"Authorization": f"Bearer {made['contextToken']}"}
        async with session.delete(f"{two}/context/c", headers=bearer) as answer:
            assert (answer.status, (await answer.json())["forgotten"]) == (200, 1)
        assert await turn(session, one) == "no-image"
        assert await turn(session, two) == "no-image"


async def test_a_redis_that_restarts_costs_both_machines_pictures_and_no_turn(
    machines: tuple[str, str], server: Server
) -> None:
    async with aiohttp.ClientSession() as session:
        for address in machines:
            assert await turn(session, address) == "no-image"
        server.stop()
        for address in machines:
            assert await turn(session, address) == "store-error"
            told = await post(session, f"{address}/upload_image", 503, data=PHOTO.read_bytes())
            assert "cannot be reached" in str(told["error"])
        server.start()
        for address in machines:
            assert await turn(session, address) == "no-image"
            await post(session, f"{address}/upload_image", 201, data=PHOTO.read_bytes())
