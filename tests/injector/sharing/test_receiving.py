import asyncio
import gzip
import json
import zlib
from typing import Any

import aiohttp
import pytest

from injector.decoding import Decoded, Decoders, Sent
from injector.sharing import patience
from injector.sharing.room import Room
from injector.store import Limits
from injector.store.memory import MemoryStore
from tests.injector.sharing.line import line
from tests.injector.sharing.sending import (
    HEAD,
    JPEG,
    LIMIT,
    Endpoint,
    as_json,
    as_raw,
    context,
    encoded,
    upload,
)

UPLOAD, ASSOCIATION = "/upload_image", "/associate_context"
CHUNKED = {"Transfer-Encoding": "chunked"}
FORM = {"Content-Type": "multipart/form-data; boundary=B"}
JSON = {"Content-Type": "application/json"}
AS_JSON = json.dumps(as_json(JPEG)["json"]).encode()
WHOLE_FORM = HEAD + b"\r\n" + JPEG + b"\r\n--B--\r\n"


async def given_back(room: Room) -> bool:
    """Return whether all room is free, a moment later."""
    for _ in range(200):
        if room.free == room.size:
            return True
        await asyncio.sleep(0.01)
    return False


@pytest.mark.parametrize("expect", [{}, {"Expect": "100-continue"}])
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (UPLOAD, {"Content-Length": LIMIT + 1}),
        (UPLOAD, {"Content-Length": 10**15}),
        (UPLOAD, JSON | {"Content-Length": LIMIT * 4 // 3 + 1025}),
        (UPLOAD, FORM | {"Content-Length": LIMIT + 65_537}),
        (ASSOCIATION, JSON | {"Content-Length": 65_537}),
    ],
)
async def test_what_says_that_it_is_too_large_is_refused_before_a_byte_is_read(
    endpoint: Endpoint, path: str, headers: dict[str, Any], expect: dict[str, str]
) -> None:
    root = await endpoint(images={"max_upload": LIMIT})
    async with line(root) as client:
        await client.head(path, headers | expect)
        answer = await client.answer()
        assert (answer.status, answer.code) == (413, "too_large")
        assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": len(JPEG)},
        {"Content-Length": len(JPEG), "Expect": "100-Continue"},
        CHUNKED | {"Expect": "100-continue"},
    ],
)
async def test_a_client_that_asks_first_is_told_to_go_on(
    endpoint: Endpoint, headers: dict[str, Any]
) -> None:
    async with line(await endpoint()) as client:
        await client.head(UPLOAD, headers)
        if "Expect" in headers:
            assert await client.said() == "HTTP/1.1 100 Continue"
            assert await client.said() == ""
        if "Content-Length" in headers:
            await client.send(JPEG)
        else:
            await client.chunk(JPEG)
            await client.chunk(b"")
        assert (await client.answer()).status == 201
        await client.head(ASSOCIATION, {"Content-Length": 2, "Expect": "100-continue"})
        assert await client.said() == "HTTP/1.1 100 Continue"
        assert await client.said() == ""
        await client.send(b"{}")
        assert (await client.answer()).status == 400


async def test_a_client_that_asks_first_is_spared_the_sending_of_what_is_refused(
    endpoint: Endpoint,
) -> None:
    root = await endpoint(browser={"ticket_secret": "x" * 32})
    async with line(root) as client:
        await client.head(UPLOAD, {"Content-Length": len(JPEG), "Expect": "100-continue"})
        assert (await client.answer()).status == 401


@pytest.mark.parametrize(
    ("headers", "body"),
    [({}, JPEG), (FORM, WHOLE_FORM), (JSON, AS_JSON)],
    ids=["raw", "form", "json"],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_a_body_without_a_length_is_read_in_whatever_pieces_it_comes(
    endpoint: Endpoint, rooms: list[Room], headers: dict[str, str], body: bytes, size: int
) -> None:
    root = await endpoint(images={"max_upload": LIMIT})
    async with line(root) as client:
        await client.head(UPLOAD, headers | CHUNKED)
        for at in range(0, len(body), size):
            await client.chunk(body[at : at + size])
        await client.chunk(b"")
        answer = await client.answer()
        assert answer.status == 201
        assert json.loads(answer.body)["received"]["bytes"] == len(JPEG)
    assert await given_back(rooms[0])


@pytest.mark.parametrize(
    ("headers", "first"),
    [
        ({}, b""),
        (JSON, b'{"image": "'),
        (FORM, HEAD + b"\r\n"),
        (FORM, HEAD.replace(b'"image"', b'"other"') + b"\r\n"),
        (FORM, HEAD.replace(b'"image"', b'"describe"') + b"\r\n"),
    ],
)
async def test_a_body_that_does_not_end_is_refused_while_it_goes_on(
    endpoint: Endpoint, rooms: list[Room], headers: dict[str, str], first: bytes
) -> None:
    root = await endpoint(images={"max_upload": LIMIT})
    async with line(root) as client:
        await client.head(UPLOAD, headers | CHUNKED)
        if first:
            await client.chunk(first)
        goes_on = asyncio.create_task(client.endless(b"A" * 65_536))
        answer = await client.answer()
        goes_on.cancel()
        assert (answer.status, answer.code) == (413, "too_large")
        assert await given_back(rooms[0])


@pytest.mark.parametrize(
    "around",
    [
        b"\n" * 60_000,
        b"--B\r\n\r\n\r\n" * 6000,
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 1000,
    ],
    ids=["lines", "empty parts", "small parts"],
)
async def test_a_form_of_very_many_parts_is_refused_before_they_are_read(
    endpoint: Endpoint, rooms: list[Room], around: bytes
) -> None:
    root = await endpoint(images={"max_upload": LIMIT})
    async with line(root) as client:
        await client.head(UPLOAD, FORM | {"Content-Length": len(around + WHOLE_FORM)})
        await client.send(around + WHOLE_FORM)
        answer = await client.answer()
        assert (answer.status, answer.code) == (400, "bad_request")
        assert "too many parts" in answer.message
    assert await given_back(rooms[0])


async def test_a_form_may_say_other_things_beside_the_picture(endpoint: Endpoint) -> None:
    other = b'--B\r\nContent-Disposition: form-data; name="a"\r\nX-A: b\r\n\r\nx\ny\nz\r\n' * 20
    async with line(await endpoint()) as client:
        await client.head(UPLOAD, FORM | {"Content-Length": len(other + WHOLE_FORM)})
        await client.send(other + WHOLE_FORM)
        assert (await client.answer()).status == 201


async def test_an_association_that_does_not_end_is_refused_while_it_goes_on(
    endpoint: Endpoint,
) -> None:
    async with line(await endpoint()) as client:
        await client.head(ASSOCIATION, CHUNKED)
        goes_on = asyncio.create_task(client.endless(b" " * 65_536))
        assert (await client.answer()).status == 413
        goes_on.cancel()


@pytest.mark.parametrize("pause", [0, 0.03])
@pytest.mark.parametrize("path", [UPLOAD, ASSOCIATION])
@pytest.mark.parametrize(
    "garbage", [b"zz\r\n", b"5\r\nabc", b"-1\r\n", b"3\r\nabcdef\r\n0\r\n\r\n"], ids=repr
)
async def test_a_body_that_is_not_framed_as_http_says_is_refused(
    endpoint: Endpoint,
    rooms: list[Room],
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    garbage: bytes,
    pause: float,
) -> None:
    monkeypatch.setattr(patience, "SILENCE", 0.2)
    root = await endpoint()
    async with line(root) as client:
        await client.head(path, CHUNKED)
        await client.chunk(JPEG)
        await asyncio.sleep(pause)
        await client.send(garbage + b"\r\n\r\n\r\n" * 9)
        # aiohttp says nothing of garbage to whoever is reading; then it counts as silence.
        assert (await client.answer()).status in {400, 408}
    assert await given_back(rooms[0])


@pytest.mark.parametrize(
    ("path", "headers", "beginning"),
    [
        (UPLOAD, {}, b""),
        (UPLOAD, {}, JPEG[:100]),
        (UPLOAD, CHUNKED, b"10\r\nabc"),
        (UPLOAD, JSON, b'{"image": "'),
        (UPLOAD, FORM, b""),
        (UPLOAD, FORM, b"before the first"),
        (UPLOAD, FORM, HEAD[:20]),
        (UPLOAD, FORM, HEAD),
        (UPLOAD, FORM, HEAD + b"\r\n" + JPEG),
        (UPLOAD, FORM, WHOLE_FORM[:-4]),
        (ASSOCIATION, JSON, b'{"conversationId": '),
    ],
)
async def test_a_client_that_falls_silent_is_given_up(
    endpoint: Endpoint,
    rooms: list[Room],
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    headers: dict[str, str],
    beginning: bytes,
) -> None:
    monkeypatch.setattr(patience, "SILENCE", 0.05)
    store = MemoryStore(Limits())
    root = await endpoint(keeps=store)
    async with line(root) as client:
        await client.head(
            path, headers if headers == CHUNKED else headers | {"Content-Length": 9999}
        )
        await client.send(beginning)
        answer = await client.answer()
        assert (answer.status, answer.code) == (408, "too_slow")
        assert answer.headers["connection"] == "close"
        assert await given_back(rooms[0])
    assert (await store.overview()).waiting == 0


@pytest.mark.parametrize("headers", [{}, FORM, JSON])
async def test_a_client_that_sends_a_byte_now_and_then_is_given_up_in_the_end(
    endpoint: Endpoint,
    rooms: list[Room],
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
) -> None:
    monkeypatch.setattr(patience, "LONGEST", 0.3)
    root = await endpoint()
    async with line(root) as client:
        await client.head(UPLOAD, headers | {"Content-Length": 9999})
        if headers == FORM:
            await client.send(HEAD + b"\r\n")
        for _ in range(40):
            await client.send(b"x")
            await asyncio.sleep(0.01)
        answer = await client.answer()
        assert (answer.status, answer.code) == (408, "too_slow")
        assert "not whole" in answer.message
        assert await given_back(rooms[0])


@pytest.mark.parametrize(
    ("headers", "beginning"),
    [({}, JPEG[:300]), (FORM, HEAD + b"\r\n" + JPEG[:300]), (FORM, b"--B\r\n"), (JSON, b'{"ima')],
)
async def test_a_client_that_leaves_in_the_middle_leaves_nothing(
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    model: str,
    rooms: list[Room],
    headers: dict[str, str],
    beginning: bytes,
) -> None:
    store = MemoryStore(Limits())
    root = await endpoint(model, keeps=store)
    for number in range(12):
        async with line(root) as phone:
            length = CHUNKED if number % 2 else {"Content-Length": 20_000_000}
            await phone.head(UPLOAD, headers | length)
            await (phone.chunk(beginning) if number % 2 else phone.send(beginning))
            await asyncio.sleep(0.01)
            phone.leave()
    assert await given_back(rooms[0])
    assert (await store.overview()).waiting == 0
    assert await context(client, root) == "no-image"
    assert (await upload(client, root, as_raw(JPEG)))[0] == 201


async def test_a_client_that_leaves_while_its_picture_is_decoded_gives_its_room_back(
    endpoint: Endpoint, rooms: list[Room]
) -> None:
    root = await endpoint()
    picture = encoded("PNG", (1500, 1500))
    for _ in range(6):
        async with line(root) as phone:
            await phone.head(UPLOAD, {"Content-Length": len(picture)})
            await phone.send(picture)
            assert await phone.is_silent(0.01)
            phone.leave()
    assert await given_back(rooms[0])


async def test_a_picture_that_has_come_holds_no_more_room_than_it_needs(
    endpoint: Endpoint, rooms: list[Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    prepare = Decoders.prepare

    async def noted(self: Decoders, sent: Sent) -> Decoded:
        taken.append(rooms[0].size - rooms[0].free)
        return await prepare(self, sent)

    monkeypatch.setattr(Decoders, "prepare", noted)
    async with line(await endpoint()) as client:
        await client.head(UPLOAD, FORM | CHUNKED)
        await client.chunk(WHOLE_FORM)
        await client.chunk(b"")
        assert (await client.answer()).status == 201
    assert taken == [len(JPEG)]


async def test_who_finds_no_room_is_told_when_to_come_again_and_turns_go_on(
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    model: str,
    rooms: list[Room],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("injector.app.UPLOADS", 2)
    monkeypatch.setattr("injector.sharing.room.PATIENCE", 0.05)
    root = await endpoint(model, images={"max_upload": 100_000})
    async with line(root) as one, line(root) as other:
        for slow in (one, other):
            await slow.head(UPLOAD, FORM | CHUNKED)
            await slow.chunk(b"--B")
        await asyncio.sleep(0.02)
        status, answer = await upload(client, root, {"data": b"x" * 50_000})
        assert (status, answer["error"]["code"]) == (503, "busy")
        async with client.post(f"{root}/upload_image", data=b"x" * 50_000) as response:
            assert int(response.headers["Retry-After"]) > 0
        assert await context(client, root) == "no-image"
    assert await given_back(rooms[0])
    assert (await upload(client, root, as_raw(JPEG)))[0] == 201


CODINGS = {
    "gzip": gzip.compress(JPEG),
    "GZIP": gzip.compress(JPEG),
    "deflate": zlib.compress(JPEG),
    "br": b"whatever",
    "zstd": b"whatever",
    "x-unknown": JPEG,
    "gzip, gzip": gzip.compress(gzip.compress(JPEG)),
}


@pytest.mark.parametrize("coding", CODINGS)
async def test_a_compressed_body_is_refused_with_words(endpoint: Endpoint, coding: str) -> None:
    body = CODINGS[coding]
    async with line(await endpoint()) as client:
        await client.head(UPLOAD, {"Content-Length": len(body), "Content-Encoding": coding})
        await client.send(body)
        answer = await client.answer()
        assert answer.status == 400
        if "br" not in coding and "zstd" not in coding:
            assert "Content-Encoding" in answer.message
            assert "as they are" in answer.message


async def test_an_association_whose_compression_is_broken_is_refused(endpoint: Endpoint) -> None:
    async with line(await endpoint()) as client:
        headers = {"Content-Length": 40, "Content-Encoding": "gzip"}
        await client.head(ASSOCIATION, headers)
        await asyncio.sleep(0.03)
        await client.send(b"no gzip at all, but so many bytes of it.")
        answer = await client.answer()
        assert answer.status == 400
        assert "cannot be read" in answer.message


async def test_a_body_whose_coding_is_none_is_read(endpoint: Endpoint) -> None:
    async with line(await endpoint()) as client:
        headers = {"Content-Length": len(JPEG), "Content-Encoding": "identity"}
        await client.head(UPLOAD, headers)
        await client.send(JPEG)
        assert (await client.answer()).status == 201


@pytest.mark.parametrize("path", [UPLOAD, ASSOCIATION])
async def test_a_bomb_of_zeros_is_neither_read_nor_waited_for(
    endpoint: Endpoint, client: aiohttp.ClientSession, model: str, path: str
) -> None:
    bomb = gzip.compress(bytes(200 << 20), 1)
    root = await endpoint(model)
    async with line(root) as sender:
        await sender.head(path, {"Content-Length": 1 << 30, "Content-Encoding": "gzip"})
        await sender.send(bomb[: 1 << 17])
        answer = await sender.answer()
        assert answer.status in {400, 413}
        await sender.ends()
    assert await context(client, root) == "no-image"
