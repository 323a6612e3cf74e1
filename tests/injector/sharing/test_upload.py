import asyncio
import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from contract.errors import StoreFailed
from injector.decoding import Decoded, Decoders, Sent
from injector.describing import Describer
from injector.shared import Picture, Upload
from injector.store import Limits
from injector.store.memory import MemoryStore
from tests.injector.sharing.sending import (
    JPEG,
    LIMIT,
    MINE,
    WAYS,
    Endpoint,
    Way,
    as_form,
    as_json,
    as_raw,
    associate,
    context,
    encoded,
    form,
    raw,
    upload,
)
from tests.injector.sharing.sending import (
    Sent as Request,
)

OF_THE_PICTURE = {"mediaType", "width", "height", "bytes", "tokens"}
OF_THE_UPLOAD = OF_THE_PICTURE | {"temporaryId", "expiresAt", "model", "detail"}


@pytest.mark.parametrize("way", WAYS)
async def test_a_picture_can_be_sent_in_any_way(
    root: str, client: aiohttp.ClientSession, way: Way
) -> None:
    status, answer = await upload(client, root, way(JPEG))
    assert status == 201, answer
    assert answer.keys() == OF_THE_UPLOAD | {"received"}
    assert re.fullmatch("tmp_[0-9a-f]{32}", answer["temporaryId"])
    assert (answer["width"], answer["height"]) == (40, 30)
    assert answer["mediaType"] in {"image/png", "image/jpeg"}
    assert (answer["model"], answer["detail"]) == ("gpt-4o", "high")
    assert answer["bytes"] > 0
    assert answer["tokens"] > 0
    until = datetime.fromisoformat(answer["expiresAt"]) - datetime.now(UTC)
    assert abs(until - timedelta(hours=2)) < timedelta(seconds=10)
    ids = {"conversationId": MINE, "temporaryId": answer["temporaryId"]}
    assert (await associate(client, root, **ids))[0] == 200
    assert await context(client, root) == "attached;n=1"


async def test_the_answer_says_what_was_received_by_its_bytes(
    root: str, client: aiohttp.ClientSession
) -> None:
    picture = encoded("GIF", (20, 10))
    _, answer = await upload(client, root, raw(picture, "image/jpeg"))
    assert answer["received"] == {
        "format": "GIF",
        "mediaType": "image/gif",
        "width": 20,
        "height": 10,
        "bytes": len(picture),
    }


@pytest.mark.parametrize(
    ("model", "detail", "tokens"), [("gpt-4o", "high", 765), ("gpt-4o", "low", 85)]
)
async def test_the_tokens_are_those_of_the_configured_model(
    endpoint: Endpoint, client: aiohttp.ClientSession, model: str, detail: str, tokens: int
) -> None:
    root = await endpoint(model=model, images={"detail": detail})
    picture = encoded("JPEG", (1000, 1000))
    _, answer = await upload(client, root, as_raw(picture))
    assert (answer["model"], answer["detail"], answer["tokens"]) == (model, detail, tokens)


async def test_where_the_turn_names_the_model_the_tokens_are_still_told(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    root = await endpoint(model=None)
    _, answer = await upload(client, root, as_raw(JPEG))
    assert answer["model"] is None
    assert answer["tokens"] > 0


async def test_whoever_knows_the_temporary_id_may_ask_what_was_uploaded(
    root: str, client: aiohttp.ClientSession
) -> None:
    _, answer = await upload(client, root, as_raw(JPEG))
    told = {key: value for key, value in answer.items() if key != "received"}
    url = f"{root}/uploads/{answer['temporaryId']}"
    async with client.get(url) as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert await response.json() == told | {"description": None}
    await associate(client, root, conversationId=MINE, temporaryId=answer["temporaryId"])
    async with client.get(url) as response:
        assert response.status == 200


@pytest.mark.parametrize("unknown", ["tmp_" + "0" * 32, "tmp_1", "x", "%00", "tmp_%F0%9F"])
async def test_what_was_never_uploaded_is_not_found(
    root: str, client: aiohttp.ClientSession, unknown: str
) -> None:
    async with client.get(f"{root}/uploads/{unknown}") as response:
        assert response.status == 404
        assert (await response.json())["error"]["code"] == "unknown_temporary_id"


@pytest.mark.parametrize(
    "sent",
    [
        raw(JPEG, "text/plain"),
        raw(JPEG, "image/png"),
        raw(JPEG, "nonsense"),
        raw(encoded("PNG"), "image/jpeg"),
        raw(encoded("GIF"), "application/x-www-form-urlencoded"),
        raw(b"\xef\xbb\xbf" + json.dumps(as_json(JPEG)["json"]).encode(), "application/json"),
        raw(json.dumps(as_json(JPEG)["json"]).encode(), "application/json; charset=utf-8"),
        {"json": {"image": "data:;base64," + base64.b64encode(JPEG).decode()}},
        {"data": form(("note", "x" * 9000, {}), ("image", JPEG, {"filename": 'é ".jpg'}))},
        {"data": form(("image", JPEG, {"filename": "x"}), ("url", "https://x.example", {}))},
    ],
)
async def test_what_is_sent_is_decided_by_the_bytes(
    endpoint: Endpoint, client: aiohttp.ClientSession, sent: Request
) -> None:
    root = await endpoint(images={"max_upload": LIMIT})
    status, answer = await upload(client, root, sent)
    assert status == 201, answer


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
    """What was to be described."""
    pictures: list[Picture] = []

    def begin(_: Describer, upload: Upload) -> bool:
        pictures.append(upload.picture)
        return True

    monkeypatch.setattr(Describer, "begin", begin)
    return pictures


def asked(sent: Request, describe: str) -> Request:
    return sent | {"params": {"describe": describe}}


@pytest.mark.parametrize(
    ("sent", "configured", "described"),
    [
        (as_raw, False, False),
        (as_raw, True, True),
        (lambda it: asked(as_raw(it), "true"), False, True),
        (lambda it: asked(as_raw(it), "false"), True, False),
        (lambda it: as_form(it, describe="true"), False, True),
        (lambda it: as_form(it, describe="false"), True, False),
        (lambda it: asked(as_form(it), "true"), False, True),
        (lambda it: asked(as_form(it, describe="false"), "true"), True, False),
        (lambda it: as_json(it, describe=True), False, True),
        (lambda it: as_json(it, describe=False), True, False),
        (lambda it: asked(as_json(it), "true"), False, True),
        (lambda it: asked(as_json(it, describe=False), "true"), True, False),
    ],
)
async def test_a_picture_is_described_where_somebody_asks_for_it(
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    begun: list[Picture],
    sent: Way,
    configured: bool,
    described: bool,
) -> None:
    root = await endpoint(images={"describe": configured})
    status, answer = await upload(client, root, sent(JPEG))
    assert status == 201
    assert answer.get("describing") is (True if described else None)
    assert len(begun) == described


@pytest.mark.parametrize(
    "sent",
    [
        asked(as_raw(JPEG), "yes"),
        asked(as_raw(JPEG), ""),
        as_form(JPEG, describe="1"),
        as_form(JPEG, describe=""),
        as_json(JPEG, describe="true"),
        as_json(JPEG, describe=None),
    ],
)
async def test_a_wish_that_cannot_be_read_is_told_and_nothing_is_kept(
    endpoint: Endpoint, client: aiohttp.ClientSession, begun: list[Picture], sent: Request
) -> None:
    store = MemoryStore(Limits())
    status, answer = await upload(client, await endpoint(keeps=store), sent)
    assert (status, answer["error"]["param"]) == (400, "describe")
    assert (await store.overview()).waiting == 0
    assert begun == []


async def test_what_fails_in_describing_never_fails_the_upload(
    endpoint: Endpoint, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> bool:
        raise RuntimeError("nobody to ask")

    monkeypatch.setattr(Describer, "begin", fails)
    root = await endpoint(images={"describe": True})
    status, answer = await upload(client, root, as_raw(JPEG))
    assert (status, answer["describing"]) == (201, False)


class Failing(MemoryStore):
    """A store that cannot keep, in a way of its own."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(Limits())
        self._error = error

    async def keep(self, picture: Picture) -> Upload:  # noqa: ARG002 - it never gets so far
        raise self._error


@pytest.mark.parametrize(
    "error",
    [
        StoreFailed("the disk is full"),
        OSError("the disk is full"),
        KeyError("pixels"),
        asyncio.CancelledError(),
    ],
)
async def test_a_store_that_fails_is_told_as_one_that_may_work_again(
    endpoint: Endpoint, client: aiohttp.ClientSession, error: BaseException
) -> None:
    root = await endpoint(keeps=Failing(error))
    status, answer = await upload(client, root, as_raw(JPEG))
    assert (status, answer["error"]["code"]) == (503, "store_failed")
    assert len(answer["error"]["message"]) > 10


async def test_the_log_of_a_store_that_fails_holds_no_temporary_id(
    endpoint: Endpoint, client: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    class Away(MemoryStore):
        async def waiting(self, temporary_id: str) -> Upload:  # noqa: ARG002 - it fails before
            raise StoreFailed("the store is away")

    secret = "tmp_" + "5ec7e70a" * 4
    root = await endpoint(keeps=Away(Limits()))
    async with client.get(f"{root}/uploads/{secret}") as response:
        assert response.status == 503
        assert secret not in await response.text()
    said = [one.getMessage() for one in caplog.records if one.name.startswith("sightline")]
    assert ["the store is away" in one for one in said] == [True]
    assert secret not in said[0]


async def test_a_store_that_is_silent_is_not_waited_for_for_ever(
    endpoint: Endpoint, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(MemoryStore):
        async def keep(self, picture: Picture) -> Upload:
            await asyncio.sleep(60)
            return await super().keep(picture)

    monkeypatch.setattr("injector.sharing.keeping.PATIENCE", 0.01)
    status, answer = await upload(client, await endpoint(keeps=Silent(Limits())), as_raw(JPEG))
    assert (status, answer["error"]["code"]) == (503, "store_failed")


async def test_of_fifty_uploads_at_once_the_good_are_taken_and_the_bad_refused(
    root: str, client: aiohttp.ClientSession
) -> None:
    ways: list[Way] = [*WAYS, lambda it: raw(it[: len(it) // 2]), lambda _: raw(b"hello")]
    sent = [ways[number % len(ways)](encoded("JPEG", (30 + number, 30))) for number in range(50)]
    answers = await asyncio.gather(*(upload(client, root, one) for one in sent))
    told = [status for status, _ in answers]
    assert told == [201 if number % len(ways) < len(WAYS) else 415 for number in range(50)]
    good = [answer for status, answer in answers if status == 201]
    assert len({answer["temporaryId"] for answer in good}) == len(good)
    assert [answer["width"] for answer in good] == [
        30 + number for number in range(50) if told[number] == 201
    ]
    assert await context(client, root) == "no-image"


async def test_turns_go_on_while_pictures_are_decoded(
    endpoint: Endpoint, model: str, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_is_over = asyncio.Event()
    prepare = Decoders.prepare

    async def later(self: Decoders, sent: Sent) -> Decoded:
        await turn_is_over.wait()
        return await prepare(self, sent)

    monkeypatch.setattr(Decoders, "prepare", later)
    root = await endpoint(model)
    uploads = [asyncio.create_task(upload(client, root, as_raw(JPEG))) for _ in range(4)]
    await asyncio.sleep(0.05)
    assert await asyncio.wait_for(context(client, root), 2) == "no-image"
    assert not any(one.done() for one in uploads)
    turn_is_over.set()
    assert {status for status, _ in await asyncio.gather(*uploads)} == {201}


async def test_an_upload_is_counted_with_its_bytes_and_its_time(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    root = await endpoint()
    _, answer = await upload(client, root, as_form(JPEG))
    await upload(client, root, raw(b"no picture"))
    async with client.get(f"{root}/metrics") as response:
        told = await response.text()
    assert "sightline_upload_seconds_count 1.0" in told
    assert f'sightline_upload_bytes_total{{which="received"}} {len(JPEG)}.0' in told
    assert f'sightline_upload_bytes_total{{which="kept"}} {answer["bytes"]}.0' in told


async def test_uploads_are_admitted_before_their_bodies_are_read(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    root = await endpoint(browser={"uploads": 2, "associations": 1})
    told = [(await upload(client, root, as_raw(JPEG)))[0] for _ in range(3)]
    assert told == [201, 201, 429]
    ids = {"conversationId": MINE, "temporaryId": "tmp_" + "0" * 32}
    assert [(await associate(client, root, **ids))[0] for _ in range(2)] == [404, 429]


async def test_a_ticket_is_needed_where_a_secret_is_configured(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    root = await endpoint(browser={"ticket_secret": "x" * 32})
    for status, answer in (
        await upload(client, root, as_raw(JPEG)),
        await associate(client, root, conversationId=MINE, pending=True),
    ):
        assert (status, answer["error"]["code"]) == (401, "invalid_ticket")
