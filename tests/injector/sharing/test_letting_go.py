"""What was sent is let go of at once: no later than its answer, without the garbage collector."""

import asyncio
import gc
import io
from collections.abc import Iterator

import aiohttp
import pytest

from injector.decoding import Sent
from tests.injector.sharing.line import line
from tests.injector.sharing.sending import (
    JPEG,
    LIMIT,
    Endpoint,
    as_form,
    as_json,
    as_raw,
    raw,
    upload,
)
from tests.injector.sharing.sending import Sent as Sending


@pytest.fixture
def _uncollected() -> Iterator[None]:
    """A process in which only what nobody refers to goes away."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def held() -> list[object]:
    """Return what holds the bytes of an upload."""
    return [one for one in gc.get_objects() if type(one) in {Sent, io.BytesIO}]


SENT = {
    "a picture": as_raw(JPEG),
    "a form": as_form(JPEG),
    "no picture": raw(b"hello" * 100),
    "half a picture": as_form(JPEG[:500]),
    "broken base64": {"json": {"image": "%" * 500}},
    "too much": as_json(b"x" * 2 * LIMIT),
}


@pytest.mark.usefixtures("_uncollected")
@pytest.mark.parametrize("name", SENT)
async def test_an_answered_upload_is_held_by_nobody(
    endpoint: Endpoint, client: aiohttp.ClientSession, name: str
) -> None:
    root = await endpoint(images={"max_upload": LIMIT})
    before = {id(one) for one in held()}
    sent: Sending = SENT[name]
    await upload(client, root, sent)
    sent.clear()
    await asyncio.sleep(0.05)
    assert [one for one in held() if id(one) not in before] == []


@pytest.mark.usefixtures("_uncollected")
@pytest.mark.parametrize("kind", ["image/png", "application/json"])
async def test_what_went_on_beyond_the_limit_is_held_by_nobody(
    endpoint: Endpoint, kind: str
) -> None:
    root = await endpoint(images={"max_upload": LIMIT})
    before = {id(one) for one in held()}
    async with line(root) as client:
        await client.head("/upload_image", {"Transfer-Encoding": "chunked", "Content-Type": kind})
        await client.chunk(b"x" * 3 * LIMIT)
        assert (await client.answer()).status == 413
    await asyncio.sleep(0.05)
    assert [one for one in held() if id(one) not in before] == []
