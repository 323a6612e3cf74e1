"""Pictures are described once, a few at a time, and whatever goes wrong costs the description."""

import asyncio
import json
import logging
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

import pytest
from aiohttp import web

from contract.config import Injector, Upstream
from contract.errors import StoreFailed
from injector.describing import Describer, asking
from injector.describing.describer import AT_ONCE, WAITING
from injector.shared import Upload
from injector.store import Limits, Store
from injector.store.memory import MemoryStore
from rehearsal.model import create_app as stand_in
from tests.injector.body.asking import picture
from tests.injector.conftest import Handle, Serve, Speak

Start: TypeAlias = Callable[..., "Setting"]
Side: TypeAlias = Callable[[Handle], Awaitable[str]]

KEY, SECRET = "sk-the-key", "a tabby called Mia"
SOON = 5.0


def says(content: Any = SECRET, **more: Any) -> web.Response:
    message = {"role": "assistant", "content": content} | more
    return web.json_response({"choices": [{"index": 0, "message": message}]})


def by(answer: Callable[[], web.StreamResponse]) -> Handle:
    """Return the handler of a model's side that answers at once, by a function."""

    async def handle(_: web.Request) -> web.StreamResponse:
        return answer()

    return handle


class Setting:
    """A describer before a model's side, with a store of its own."""

    def __init__(self, base_url: str, store: Store | None, injector: dict[str, Any]) -> None:
        self.store = store or MemoryStore(Limits())
        self.results: Counter[str] = Counter()
        upstream = Upstream(base_url=base_url, **({"api_key": KEY} | injector.pop("upstream", {})))
        self.describer = Describer(Injector(upstream=upstream, **injector), self.store, self._count)

    def _count(self, result: str) -> None:
        self.results[result] += 1

    async def upload(self, pixels: bytes = b"PIXELS") -> Upload:
        return await self.store.keep(picture(pixels))

    async def idle(self) -> None:
        async with asyncio.timeout(SOON):
            while self.describer._tasks:
                await asyncio.wait(self.describer._tasks)

    async def described(self, upload: Upload) -> str:
        """Have an upload described, and return what is kept of it."""
        assert self.describer.begin(upload)
        await self.idle()
        return await self.told(upload)

    async def told(self, upload: Upload) -> str:
        return (await self.store.waiting(upload.temporary_id)).picture.description


@pytest.fixture
async def start(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Start]:
    monkeypatch.setattr("openai._constants.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    async with AsyncExitStack() as stack:

        def begin(base_url: str, *, store: Store | None = None, **injector: Any) -> Setting:
            setting = Setting(base_url, store, injector)
            stack.push_async_callback(setting.describer.close)
            return setting

        yield begin


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Return everything that was logged, which never holds a pixel, the key or what was said."""
    caplog.set_level(logging.INFO)

    def lines() -> str:
        told = caplog.text
        assert not [it for it in (KEY, SECRET, "UElYRUxT", "base64") if it in told]
        return told

    return lines


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-6-luna"])
async def test_the_model_s_words_are_kept_beside_the_picture(
    serve: Serve, start: Start, png: bytes, model: str
) -> None:
    side = await serve(stand_in(api_key=KEY))
    setting = start(f"{side}/v1", upstream={"model": model})
    told = await setting.described(await setting.upload(png))
    assert "I see 1 picture. It is a PNG of 8 x 8 pixels; main colours: top left red" in told
    assert setting.results == {"kept": 1}


async def test_nobody_waits_for_it(upstream: Side, start: Start) -> None:
    go = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await go.wait()
        return says()

    setting = start(await upstream(slow))
    upload = await setting.upload()
    assert setting.describer.begin(upload)
    await asyncio.sleep(0.1)
    assert await setting.told(upload) == ""
    go.set()
    await setting.idle()
    assert await setting.told(upload) == SECRET


async def test_the_same_picture_of_twenty_people_is_described_once(
    upstream: Side, start: Start
) -> None:
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(await request.json())
        await asyncio.sleep(0.05)
        return says()

    setting = start(await upstream(answer))
    uploads = await asyncio.gather(*(setting.upload() for _ in range(20)))
    assert [setting.describer.begin(upload) for upload in uploads] == [True] * 20
    await setting.idle()
    assert {await setting.told(upload) for upload in uploads} == {SECRET}
    # and whoever comes later does not have it described again, whatever their upload says
    later = await setting.upload()
    assert await setting.described(later) == SECRET
    assert setting.describer.begin(await setting.store.waiting(later.temporary_id))
    await setting.idle()
    assert len(asked) == 1
    assert setting.results == {"kept": 1, "skipped": 1}


async def test_few_are_asked_at_once_some_wait_and_more_are_not_described(
    upstream: Side, start: Start, logged: Callable[[], str]
) -> None:
    go, now, most = asyncio.Event(), 0, 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await go.wait()
        now -= 1
        return says()

    setting = start(await upstream(answer))
    uploads = [await setting.upload(b"%03d" % number) for number in range(AT_ONCE + WAITING + 2)]
    begun = [setting.describer.begin(upload) for upload in uploads]
    assert begun == [True] * (AT_ONCE + WAITING) + [False] * 2
    assert f"{AT_ONCE + WAITING} others wait" in logged()
    await asyncio.sleep(0.1)
    go.set()
    await setting.idle()
    assert most == AT_ONCE
    assert setting.results == {"kept": AT_ONCE + WAITING, "skipped": 2}
    assert await setting.described(uploads[-1]) == SECRET


async def test_a_picture_that_is_forgotten_before_its_turn_is_not_shown_to_the_model(
    upstream: Side, start: Start
) -> None:
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(await request.text())
        await asyncio.sleep(0.1)
        return says()

    setting = start(await upstream(answer))
    uploads = [await setting.upload(pixels) for pixels in (b"AAA", b"BBB", b"CCC")]
    for upload in uploads:
        setting.describer.begin(upload)
    await setting.store.associate("conv_1", uploads[2].temporary_id)
    await setting.store.forget("conv_1")
    await setting.idle()
    assert [("QUFB" in it, "QkJC" in it) for it in asked] == [(True, False), (False, True)]
    assert setting.results == {"kept": 2, "skipped": 1}


async def test_one_of_two_uploads_that_is_forgotten_does_not_cost_the_other_its_description(
    upstream: Side, start: Start
) -> None:
    setting = start(await upstream(by(says)))
    first, second = await setting.upload(), await setting.upload()
    await setting.store.associate("conv_1", first.temporary_id)
    setting.describer.begin(first)
    setting.describer.begin(second)
    await setting.store.forget("conv_1")
    await setting.idle()
    assert await setting.told(second) == SECRET


async def test_what_is_said_of_a_picture_that_is_forgotten_meanwhile_is_forgotten_too(
    upstream: Side, start: Start
) -> None:
    setting: Setting

    async def answer(_: web.Request) -> web.Response:
        await setting.store.forget("conv_1")
        return says()

    setting = start(await upstream(answer))
    upload = await setting.upload()
    await setting.store.associate("conv_1", upload.temporary_id)
    setting.describer.begin(upload)
    await setting.idle()
    assert await setting.told(await setting.upload()) == ""


ANSWERS: dict[str, tuple[Callable[[], web.StreamResponse], str]] = {
    "400": (lambda: _error(400), "answered 400"),
    "401": (lambda: _error(401), "answered 401; check injector.upstream.api_key"),
    "404": (lambda: _error(404), "answered 404; check injector.upstream.model"),
    "500": (lambda: _error(500), "answered 500"),
    "garbage": (lambda: web.Response(body=b"\xff\x00"), "no JSON"),
    "a page": (lambda: web.Response(text="<p>", content_type="text/html"), "no JSON"),
    "JSON that is none": (
        lambda: web.Response(text=f'{{"{SECRET}', content_type="application/json"),
        "no JSON",
    ),
    "no content": (lambda: says(""), "said nothing"),
    "a refusal": (lambda: says(None, refusal=SECRET), "refused"),
    "a tool": (lambda: says(None, tool_calls=[{"function": {"name": SECRET}}]), "called a tool"),
    "an error under 200": (lambda: web.json_response({"error": {"message": SECRET}}), "an error"),
    "no choices": (lambda: web.json_response({"choices": []}), "said nothing"),
}


def _error(status: int) -> web.Response:
    return web.json_response({"error": {"message": SECRET + KEY, "type": "t"}}, status=status)


@pytest.mark.parametrize(
    ("answer", "why"), ANSWERS.values(), ids=[name.replace(" ", "-") for name in ANSWERS]
)
async def test_a_model_s_side_that_fails_costs_the_description_alone(
    upstream: Side,
    start: Start,
    logged: Callable[[], str],
    answer: Callable[[], web.StreamResponse],
    why: str,
) -> None:
    setting = start(await upstream(by(answer)))
    assert await setting.described(await setting.upload()) == ""
    assert why in logged()
    assert setting.results == {"failed": 1}


async def test_what_may_pass_is_tried_once_more(upstream: Side, start: Start) -> None:
    answers = [web.Response(status=503), says()]
    setting = start(await upstream(by(lambda: answers.pop(0))))
    assert await setting.described(await setting.upload()) == SECRET
    assert answers == []


async def test_a_picture_that_was_not_described_may_be_when_it_is_uploaded_again(
    upstream: Side, start: Start
) -> None:
    answers = [web.Response(status=400), says()]
    setting = start(await upstream(by(lambda: answers.pop(0))))
    assert await setting.described(await setting.upload()) == ""
    assert await setting.described(await setting.upload()) == SECRET


async def test_no_redirect_takes_the_picture_or_the_key_elsewhere(
    upstream: Side, start: Start, logged: Callable[[], str]
) -> None:
    met = []

    async def other(request: web.Request) -> web.Response:
        met.append(request.path)
        return says()

    elsewhere = await upstream(other)

    async def here(request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(f"{elsewhere}/chat/completions")

    setting = start(await upstream(here))
    assert await setting.described(await setting.upload()) == ""
    assert met == []
    assert "answered 307" in logged()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "no HTTP", "cut", "no chunk"],
)
async def test_a_connection_that_breaks_costs_the_description_alone(
    raw_upstream: Callable[[Speak], Awaitable[str]],
    start: Start,
    logged: Callable[[], str],
    answer: bytes,
) -> None:
    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    setting = start(await raw_upstream(speak))
    assert await setting.described(await setting.upload()) == ""
    assert "is not described: " in logged()
    assert setting.results == {"failed": 1}


async def test_nobody_there_costs_the_description_alone(
    start: Start, logged: Callable[[], str]
) -> None:
    setting = start("http://127.0.0.1:9/v1")
    assert await setting.described(await setting.upload()) == ""
    assert "cannot be reached" in logged()


async def test_an_answer_that_does_not_end_is_not_kept_in_memory(
    upstream: Side, start: Start, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MAX_ANSWER", 1 << 16)

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(b" " * 4096)

    setting = start(await upstream(answer))
    assert await setting.described(await setting.upload()) == ""
    assert "does not end" in logged()


async def test_a_model_that_is_slow_is_not_waited_for(
    upstream: Side, start: Start, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.2)

    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(SOON)
        return says()

    setting = start(await upstream(answer))
    assert await setting.described(await setting.upload()) == ""
    assert "longer than 0.2 s" in logged()
    assert setting.results == {"failed": 1}


async def test_what_is_not_described_at_the_end_is_given_up(upstream: Side, start: Start) -> None:
    came, left = asyncio.Event(), asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        came.set()
        try:
            await asyncio.sleep(SOON)
        finally:
            left.set()
        return says()

    setting = start(await upstream(answer))
    for number in range(AT_ONCE + 3):
        setting.describer.begin(await setting.upload(b"%03d" % number))
    async with asyncio.timeout(SOON / 2):
        await came.wait()
        await setting.describer.close()
        await left.wait()
    assert setting.results == {"skipped": AT_ONCE + 3}
    assert not setting.describer.begin(await setting.upload())


@pytest.mark.parametrize(
    ("upstream_options", "why"),
    [({"api_key": ""}, "injector.upstream.api_key is empty"), ({"model": None}, "model is null")],
    ids=["no key", "no model"],
)
async def test_without_a_key_or_a_model_nothing_is_asked_and_that_is_said_once(
    upstream: Side,
    start: Start,
    caplog: pytest.LogCaptureFixture,
    upstream_options: dict[str, Any],
    why: str,
) -> None:
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        return says()

    setting = start(await upstream(answer), upstream=upstream_options)
    assert [setting.describer.begin(await setting.upload()) for _ in range(3)] == [False] * 3
    await setting.idle()
    assert asked == []
    assert [why in it.getMessage() for it in caplog.records] == [True]
    assert setting.results == {"skipped": 3}


async def test_a_model_that_asks_for_no_key_is_asked_where_the_bearer_is_ours(
    upstream: Side, start: Start
) -> None:
    setting = start(await upstream(by(says)), bearer="ours", upstream={"api_key": ""})
    assert await setting.described(await setting.upload()) == SECRET


class _Failing(MemoryStore):
    async def describe(self, digest: str, description: str) -> None:  # noqa: ARG002
        raise StoreFailed("the disk is full")


async def test_a_store_that_fails_costs_the_description_alone(
    upstream: Side, start: Start, logged: Callable[[], str]
) -> None:
    setting = start(await upstream(by(says)), store=_Failing(Limits()))
    assert await setting.described(await setting.upload()) == ""
    assert "the disk is full" in logged()
    assert setting.results == {"failed": 1}


async def test_the_model_is_asked_with_our_key_alone(upstream: Side, start: Start) -> None:
    asked: list[tuple[Any, ...]] = []

    async def answer(request: web.Request) -> web.Response:
        body = json.loads(await request.text())
        key = request.headers.get("Authorization")
        asked.append((request.path, request.content_type, key, body["model"]))
        return says()

    setting = start(await upstream(answer), upstream={"model": "my-model"}, bearer="ours")
    await setting.described(await setting.upload())
    assert asked == [("/v1/chat/completions", "application/json", f"Bearer {KEY}", "my-model")]


def test_the_openai_package_is_loaded_for_the_first_description_and_not_before() -> None:
    told = "import sys, injector.app, injector.describing; print('openai' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
