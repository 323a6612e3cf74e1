"""A compressed answer passes with its coding, and its bytes are never broken."""

import asyncio
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, Form
from tests.injector.trouble.scripted import EVENT_STREAM, Step, answer, error, stream

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

GZIP = {"Content-Encoding": "gzip"}
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


@pytest.mark.parametrize("size", [1, 7, 100_000], ids=["bytewise", "small", "at-once"])
@forms
async def test_a_stream_that_is_compressed_unasked_passes_as_it_is(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form, size: int
) -> None:
    packed = gzip.compress(form.spoken, mtime=0)
    pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
    side = await model(stream(*pieces, headers=GZIP))
    heard = await ask(
        client, await endpoint(side.base_url), form, headers={"Accept-Encoding": "identity"}
    )
    assert (heard.status, heard.broke, heard.fallback) == (200, False, None)
    if heard.headers.get("Content-Encoding") == "gzip":
        assert heard.body == packed
    assert gzip.decompress(heard.body) == form.spoken
    assert len(side.turns) == 1


@forms
async def test_words_of_a_compressed_stream_pass_one_by_one(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    packer, heard = zlib.compressobj(wbits=31), asyncio.Event()
    first = packer.compress(form.opening + form.word("It "))
    first += packer.flush(zlib.Z_SYNC_FLUSH)
    last = packer.compress(form.ending) + packer.flush()
    steps: list[Step] = [first, heard, last]
    side = await model(stream(*steps, headers=GZIP))
    root = await endpoint(side.base_url)
    headers = {"Accept-Encoding": "gzip"}
    async with client.post(root + form.route, json=form.turn(), headers=headers) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        unpacker, words = zlib.decompressobj(wbits=31), b""
        while form.word("It ") not in words:
            words += unpacker.decompress(await response.content.readany())
        heard.set()
        words += unpacker.decompress(await response.content.read())
    assert words == form.opening + form.word("It ") + form.ending


@forms
async def test_a_whole_answer_stays_compressed_for_a_client_that_accepts_it(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    packed = gzip.compress(json.dumps(form.whole).encode(), mtime=0)
    side = await model(answer(200, packed, GZIP | {"Content-Type": "application/json"}))
    accepts = {"Accept-Encoding": "gzip"}
    root = await endpoint(side.base_url)
    heard = await ask(client, root, form, form.turn(stream=False), headers=accepts)
    assert (heard.body, heard.headers["Content-Encoding"]) == (packed, "gzip")
    assert side.turns[0].headers["accept-encoding"] == "gzip"


async def test_a_compressed_error_passes_as_it_is(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    packed = gzip.compress(b'{"error": {"message": "no"}}', mtime=0)
    side = await model(answer(401, packed, GZIP | {"Content-Type": "application/json"}))
    root = await endpoint(side.base_url, says={"failed": None})
    heard = await ask(client, root, CHAT)
    assert (heard.status, heard.body, heard.headers["Content-Encoding"]) == (401, packed, "gzip")


async def test_a_stream_that_only_says_that_it_is_compressed_is_no_hang(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(answer(200, CHAT.spoken, EVENT_STREAM | GZIP), error(401))
    root = await endpoint(side.base_url, first_byte_timeout=2.0)
    heard = await ask(client, root, CHAT)
    assert heard.took < 2
    assert len(side.turns) <= 2
