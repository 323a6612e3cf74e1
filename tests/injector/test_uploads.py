import asyncio
import base64
import io
import json
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from contract.config import Images
from contract.config.places import Store as Place
from injector.picture import prepare
from injector.shared import Picture
from injector.store import Store, open_store
from injector.uploads import DECODED_AT_ONCE

Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Upstream: TypeAlias = Callable[..., Awaitable[str]]
Share: TypeAlias = Callable[..., Awaitable[str]]

LIMIT = 5_000
MINE = "conv_mine"
TURN: dict[str, Any] = {"messages": [{"role": "user", "content": "?"}]}


def encoded(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(buffer, kind)
    return buffer.getvalue()


JPEG = encoded("JPEG")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def form(*fields: tuple[str, Any, dict[str, str]]) -> aiohttp.FormData:
    data = aiohttp.FormData()
    for name, value, options in fields:
        data.add_field(name, value, **options)
    return data


def as_form(picture: bytes) -> dict[str, Any]:
    named = {"filename": "x.jpg", "content_type": "image/jpeg"}
    return {"data": form(("image", io.BytesIO(picture), named))}


def as_raw(picture: bytes) -> dict[str, Any]:
    return {"data": io.BytesIO(picture), "headers": {"Content-Type": "image/jpeg"}}


def as_json(picture: bytes) -> dict[str, Any]:
    return {"json": {"image": base64.b64encode(picture).decode()}}


def as_uri(picture: bytes) -> dict[str, Any]:
    return {"json": {"image": "data:image/jpeg;base64," + base64.b64encode(picture).decode()}}


def raw(body: bytes, kind: str = "application/octet-stream") -> dict[str, Any]:
    return {"data": body, "headers": {"Content-Type": kind}}


def multipart(body: bytes, boundary: str = "; boundary=B") -> dict[str, Any]:
    return raw(body, "multipart/form-data" + boundary)


WAYS = [as_form, as_raw, as_json, as_uri]


@pytest.fixture
async def model(upstream: Upstream) -> str:
    """A model's side that says how many pictures it saw."""

    async def handle(request: web.Request) -> web.Response:
        content = json.loads(await request.read())["messages"][-1]["content"]
        return web.json_response([part["type"] for part in content if isinstance(part, dict)])

    return await upstream(handle)


@pytest.fixture(params=["memory", "sqlite"])
async def root(
    request: pytest.FixtureRequest, endpoint: Endpoint, model: str, tmp_path: Path
) -> str:
    """An endpoint with each kind of store."""
    store = "memory:" if request.param == "memory" else f"sqlite:{tmp_path}/x.db"
    return await endpoint(model, store=store, images={"max_upload": LIMIT})


async def post(
    client: aiohttp.ClientSession, url: str, sent: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    async with client.post(url, **sent) as response:
        return response.status, await response.json()


async def context(client: aiohttp.ClientSession, root: str, conversation: str = MINE) -> str:
    headers = {"X-Conversation-Id": conversation}
    async with client.post(f"{root}/v1/chat/completions", json=TURN, headers=headers) as response:
        return response.headers["x-sightline-context"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_picture_can_be_sent_in_any_way(
    root: str, client: aiohttp.ClientSession, way: Callable[[bytes], dict[str, Any]]
) -> None:
    status, answer = await post(client, f"{root}/upload_image", way(JPEG))
    assert status == 201
    assert answer.keys() == {"temporaryId", "mediaType", "width", "height", "bytes", "expiresAt"}
    assert (answer["mediaType"], answer["width"], answer["height"]) == ("image/png", 40, 30)
    assert answer["bytes"] > 0
    until = datetime.fromisoformat(answer["expiresAt"]) - datetime.now(UTC)
    assert abs(until - timedelta(hours=2)) < timedelta(seconds=10)
    sent = {"json": {"conversationId": MINE, "temporaryId": answer["temporaryId"]}}
    status, answer = await post(client, f"{root}/associate_context", sent)
    assert (status, answer) == (200, {"conversationId": MINE, "images": 1})
    assert await context(client, root) == "attached;n=1"


@pytest.mark.parametrize(
    "sent",
    [
        raw(JPEG, "text/plain"),
        raw(JPEG, "image/png"),
        raw(encoded("PNG"), "image/jpeg"),
        raw(encoded("GIF"), "application/x-www-form-urlencoded"),
        raw(b"\xef\xbb\xbf" + json.dumps(as_json(JPEG)["json"]).encode(), "application/json"),
        raw(json.dumps(as_json(JPEG)["json"]).encode(), "application/json; charset=utf-8"),
        {"json": {"image": "data:;base64," + base64.b64encode(JPEG).decode()}},
        {"data": form(("note", "x" * 9000, {}), ("image", JPEG, {"filename": 'é ".jpg'}))},
        {"data": form(("image", JPEG, {"filename": "x"}), ("image", b"second", {"filename": "y"}))},
    ],
)
async def test_what_is_sent_is_decided_by_the_bytes(
    endpoint: Endpoint, client: aiohttp.ClientSession, sent: dict[str, Any]
) -> None:
    root = await endpoint(images={"max_upload": LIMIT})
    async with client.post(f"{root}/upload_image", **sent) as response:
        assert response.status == 201, await response.text()


CUT = JPEG[: len(JPEG) // 2]
HEAD = b'--B\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n'

REFUSED: dict[str, tuple[dict[str, Any], int, str, str | None]] = {
    "nothing": (raw(b""), 400, "the body is empty", "image"),
    "a text": (raw(b"hello"), 415, "no picture", "image"),
    "an SVG": (raw(SVG, "image/svg+xml"), 415, "no picture", "image"),
    "a PDF": (raw(PDF, "application/pdf"), 415, "no picture", "image"),
    "half a JPEG": (raw(CUT, "image/jpeg"), 415, "is it whole", "image"),
    "half a JPEG in a form": (as_form(CUT), 415, "is it whole", "image"),
    "half a JPEG in JSON": (as_json(CUT), 415, "is it whole", "image"),
    "an SVG in a form": (as_form(SVG), 415, "no picture", "image"),
    "nothing in a form": (as_form(b""), 415, "is empty", "image"),
    "too much": (as_raw(b"x" * (LIMIT + 1)), 413, "larger than 5,000 bytes", "image"),
    "too much in a form": (as_form(b"x" * (LIMIT + 1)), 413, "larger than 5,000", "image"),
    "too much in JSON": (as_json(b"x" * (LIMIT + 1)), 413, "larger than 5,000", "image"),
    "too much in a data URI": (as_uri(b"x" * (LIMIT + 1)), 413, "larger than", "image"),
    "a lot too much": (as_form(b"x" * 3_000_000), 413, "larger than", "image"),
    "no image in the form": (
        {"data": form(("picture", JPEG, {"filename": "x"}))},
        400,
        "`image`",
        "image",
    ),
    "a form of nothing": (multipart(b"--B--\r\n"), 400, "`image`", "image"),
    "no boundary": (multipart(b"--B--\r\n", ""), 400, "form cannot be read", "image"),
    "another boundary": (multipart(b"--C\r\n\r\n"), 400, "form", "image"),
    "no form": (multipart(JPEG), 400, "form", "image"),
    "an empty form": (multipart(b""), 400, "form", "image"),
    "half a form": (multipart(HEAD + b"\r\n" + CUT), 415, "is it whole", "image"),
    "half a head": (multipart(HEAD), 415, "is empty", "image"),
    "a head too long": (
        multipart(HEAD + b"X: " + b"y" * 90_000 + b"\r\n\r\n"),
        400,
        "form",
        "image",
    ),
    "no colon": (multipart(HEAD + b"nonsense\r\n\r\nx\r\n--B--\r\n"), 400, "form", "image"),
    "broken base64": ({"json": {"image": "%%%"}}, 400, "not base64", "image"),
    "base64 cut short": ({"json": {"image": "QUJD" * 9 + "Q"}}, 400, "not base64", "image"),
    "base64 with é": ({"json": {"image": "QUéD"}}, 400, "not base64", "image"),
    "a URI without base64": (
        {"json": {"image": "data:image/jpeg,QUJD"}},
        400,
        "not base64",
        "image",
    ),
    "a URI of nothing": ({"json": {"image": "data:image/jpeg;base64,"}}, 415, "is empty", "image"),
    "an address": ({"json": {"image": "https://x.example/a.jpg"}}, 400, "not fetched", "image"),
    "an ADDRESS": ({"json": {"image": "HTTP://127.0.0.1/a.jpg"}}, 400, "not fetched", "image"),
    "a file's address": ({"json": {"image": "file:///etc/passwd"}}, 400, "not base64", "image"),
    "JSON without image": ({"json": {}}, 400, "`image` must be", "image"),
    "null": ({"json": {"image": None}}, 400, "`image` must be", "image"),
    "a number": ({"json": {"image": 7}}, 400, "`image` must be", "image"),
    "an empty text": ({"json": {"image": " "}}, 400, "`image` must be", "image"),
    "a list": ({"json": [JPEG.hex()]}, 400, "not an object", None),
    "no JSON": (raw(b"{", "application/json"), 400, "not JSON", None),
    "a picture as JSON": (raw(JPEG, "application/json"), 400, "not JSON", None),
    "deep JSON": (raw(b"[" * 100_000, "application/json"), 400, "too deep", None),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_bad_upload_is_refused_and_changes_nothing(
    endpoint: Endpoint,
    model: str,
    client: aiohttp.ClientSession,
    share: Share,
    png: bytes,
    tmp_path: Path,
    name: str,
) -> None:
    sent, status, message, param = REFUSED[name]
    store = tmp_path / "x.db"
    root = await endpoint(model, store=f"sqlite:{store}", images={"max_upload": LIMIT})
    await share(root, png, MINE)
    got, answer = await post(client, f"{root}/upload_image", sent)
    assert (got, answer["error"]["param"]) == (status, param), answer
    assert message in answer["error"]["message"]
    assert answer["error"]["type"] == "invalid_request_error"
    assert await context(client, root) == "attached;n=1"
    async with client.get(f"{root}/readyz") as response:
        assert response.status == 200


PIECES = [
    b"--B",
    b"--",
    b"\r\n",
    b"\n",
    b":",
    b"Content-Disposition: form-data",
    b"; name=",
    b'"image"',
    b"Content-Type: multipart/mixed; boundary=C",
    b"Content-Length: 3",
    b"--C",
    b"\xff",
    JPEG,
    b"x",
]


@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionParam")
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
async def test_a_broken_form_is_refused_and_never_a_fault(
    endpoint: Endpoint, client: aiohttp.ClientSession, pieces: list[bytes]
) -> None:
    root = await endpoint()
    for lead in (b"", b"--B\r\n", HEAD, HEAD + b"\r\n"):
        sent = multipart(lead + b"".join(pieces))
        status, answer = await post(client, f"{root}/upload_image", sent)
        assert status in {201, 400, 415}, (sent, answer)


BOTH = {"conversationId": MINE, "temporaryId": "tmp_1"}


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        (b"", "not JSON", None),
        (b"hello", "not JSON", None),
        (b"\xff", "not JSON", None),
        (b"NaN", "not JSON", None),
        (b"[" * 100_000, "too deep", None),
        (b"[]", "not an object", None),
        (b"null", "not an object", None),
        (b'"conv"', "not an object", None),
        (b"{}", "`conversationId`", "conversationId"),
        (b'{"conversationId":"c"}', "`temporaryId`", "temporaryId"),
        (b'{"temporaryId":"t"}', "`conversationId`", "conversationId"),
        (b'{"pending":true}', "`conversationId`", "conversationId"),
        (b'{"conversationId":"","pending":true}', "`conversationId`", "conversationId"),
        (b'{"conversationId":"c","pending":false}', "only be `true`", "pending"),
        (b'{"conversationId":"c","pending":null}', "only be `true`", "pending"),
        (b'{"conversationId":"c","pending":1}', "only be `true`", "pending"),
        (b'{"conversationId":"c","pending":"true"}', "only be `true`", "pending"),
        (b'{"conversationId":"c","temporaryId":"t","pending":false}', "leave it out", "pending"),
        (b'{"conversationId":"c","temporaryId":"t","pending":true}', "either", "pending"),
        (b'{"conversationId":"c","temporaryId":null,"pending":true}', "either", "pending"),
        (b'{"conversation_id":"c","temporary_id":"t"}', "`conversationId`", "conversationId"),
        (b'{"conversationId":"","temporaryId":"t"}', "`conversationId`", "conversationId"),
        (b'{"conversationId":" \\n","temporaryId":"t"}', "`conversationId`", "conversationId"),
        (b'{"conversationId":7,"temporaryId":"t"}', "`conversationId`", "conversationId"),
        (b'{"conversationId":null,"temporaryId":"t"}', "`conversationId`", "conversationId"),
        (b'{"conversationId":["c"],"temporaryId":"t"}', "`conversationId`", "conversationId"),
        (b'{"conversationId":"c","temporaryId":""}', "`temporaryId`", "temporaryId"),
        (b'{"conversationId":"c","temporaryId":7}', "`temporaryId`", "temporaryId"),
        (b'{"conversationId":"c","temporaryId":{}}', "`temporaryId`", "temporaryId"),
        (rb'{"conversationId":"\ud800","temporaryId":"t"}', "surrogate", "conversationId"),
        (rb'{"conversationId":"c","temporaryId":"\udfff"}', "surrogate", "temporaryId"),
    ],
)
async def test_an_association_that_cannot_be_read_is_refused_with_the_place(
    root: str,
    client: aiohttp.ClientSession,
    share: Share,
    png: bytes,
    body: bytes,
    message: str,
    param: str | None,
) -> None:
    await share(root, png, MINE)
    status, answer = await post(client, f"{root}/associate_context", raw(body, "application/json"))
    assert (status, answer["error"]["param"]) == (400, param)
    assert message in answer["error"]["message"]
    assert await context(client, root) == "attached;n=1"


async def test_an_unknown_temporary_id_is_not_found(
    root: str, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    await share(root, png, MINE)
    status, answer = await post(client, f"{root}/associate_context", {"json": BOTH})
    assert (status, answer["error"]["code"]) == (404, "unknown_temporary_id")
    assert answer["error"]["param"] == "temporaryId"
    assert "upload the picture again" in answer["error"]["message"]
    assert await context(client, root) == "attached;n=1"


async def test_a_temporary_id_serves_one_conversation_as_often_as_it_likes(
    root: str, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    used = await share(root, png, MINE)
    url = f"{root}/associate_context"
    mine = {"conversationId": MINE, "temporaryId": used}
    for _ in range(2):
        assert await post(client, url, {"json": mine}) == (
            200,
            {"conversationId": MINE, "images": 1},
        )
        status, answer = await post(client, url, {"json": mine | {"conversationId": "conv_other"}})
        assert (status, answer["error"]["code"]) == (409, "temporary_id_used")
        assert answer["error"]["param"] == "temporaryId"
    assert await context(client, root) == "attached;n=1"
    assert await context(client, root, "conv_other") == "no-image"


async def awaits(store: Store, name: str = MINE) -> bool:
    return (await store.context(name)).awaited


async def announced(client: aiohttp.ClientSession, root: str, name: str = MINE) -> tuple[int, Any]:
    sent = {"json": {"conversationId": name, "pending": True}}
    return await post(client, f"{root}/associate_context", sent)


@pytest.mark.parametrize("kind", ["memory:", "sqlite"])
async def test_a_page_announces_a_picture_and_its_association_ends_the_wait(
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    png: bytes,
    kind: str,
    tmp_path: Path,
) -> None:
    place = kind if kind == "memory:" else f"sqlite:{tmp_path / 'pictures.db'}"
    store = open_store(Images(store=Place.parse(place)))
    root = await endpoint(keeps=store)
    waiting = {"conversationId": MINE, "images": 0, "pending": True}
    assert await announced(client, root) == (202, waiting)
    assert await announced(client, root) == (202, waiting)
    assert await awaits(store)
    assert not await awaits(store, "conv_other")
    used = await share(root, png, MINE)
    assert not await awaits(store)
    assert await announced(client, root) == (202, waiting | {"images": 1})
    pair = {"json": {"conversationId": MINE, "temporaryId": used}}
    assert (await post(client, f"{root}/associate_context", pair))[0] == 200
    assert not await awaits(store)
    await store.close()


async def test_an_announced_picture_costs_no_turn_its_answer(
    endpoint: Endpoint, model: str, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    root = await endpoint(model)
    await announced(client, root)
    assert await context(client, root) == "no-image"
    await share(root, png, MINE)
    assert await context(client, root) == "attached;n=1"


async def test_a_failed_association_ends_no_wait(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    store = open_store(Images(store=Place.parse("memory:")))
    root = await endpoint(keeps=store)
    await announced(client, root)
    assert (await post(client, f"{root}/associate_context", {"json": BOTH}))[0] == 404
    assert await awaits(store)


async def test_of_twenty_conversations_at_once_one_gets_the_picture(
    root: str, client: aiohttp.ClientSession, png: bytes
) -> None:
    _, upload = await post(client, f"{root}/upload_image", as_raw(png))
    wanted = upload["temporaryId"]

    async def ask(name: str) -> int:
        sent = {"json": {"conversationId": name, "temporaryId": wanted}}
        return (await post(client, f"{root}/associate_context", sent))[0]

    names = [f"conv_{number}" for number in range(20)]
    answers = await asyncio.gather(*map(ask, names))
    assert sorted(answers) == [200] + [409] * 19
    seen = [await context(client, root, name) for name in names]
    assert seen == ["attached;n=1" if one == 200 else "no-image" for one in answers]


async def test_many_uploads_at_once_are_all_taken(root: str, client: aiohttp.ClientSession) -> None:
    picture = encoded("PNG", (30, 30))
    sent = [post(client, f"{root}/upload_image", as_raw(picture)) for _ in range(20)]
    answers = await asyncio.gather(*sent)
    assert {status for status, _ in answers} == {201}
    assert len({answer["temporaryId"] for _, answer in answers}) == 20


async def test_turns_go_on_while_pictures_are_decoded(
    endpoint: Endpoint, model: str, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_is_over = threading.Event()

    def slowly(data: bytes) -> Picture:
        assert turn_is_over.wait(5)
        return prepare(data)

    monkeypatch.setattr("injector.uploads.prepare", slowly)
    root = await endpoint(model)
    uploads = [
        asyncio.create_task(post(client, f"{root}/upload_image", as_raw(JPEG)))
        for _ in range(2 * DECODED_AT_ONCE)
    ]
    await asyncio.sleep(0.05)
    assert await asyncio.wait_for(context(client, root), 2) == "no-image"
    assert not any(upload.done() for upload in uploads)
    turn_is_over.set()
    assert {status for status, _ in await asyncio.gather(*uploads)} == {201}


async def test_clients_that_leave_do_not_let_more_pictures_be_decoded_at_once(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def slowly(data: bytes) -> Picture:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.1)
        with lock:
            at_once -= 1
        return prepare(data)

    monkeypatch.setattr("injector.uploads.prepare", slowly)
    root = await endpoint()
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            left = [
                asyncio.create_task(post(session, f"{root}/upload_image", as_raw(JPEG)))
                for _ in range(DECODED_AT_ONCE)
            ]
            await asyncio.sleep(0.03)
            for one in left:
                one.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        assert (await post(session, f"{root}/upload_image", as_raw(JPEG)))[0] == 201
    assert most == DECODED_AT_ONCE
