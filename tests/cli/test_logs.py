import asyncio
import base64
import io
import json
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from cli import logs
from injector.record import TurnRecord
from injector.turnlog import log_turn

Serve = Callable[[web.Application], Awaitable[str]]
Service = Callable[..., AbstractAsyncContextManager[str]]

SPOKEN = "my heart condition is nobody's business"
BEARER, KEY = "bearer-planted-4711", "sk-planted-0815"
PIXELS = base64.b64encode(bytes(range(256)) * 40).decode()
LOG = logging.getLogger("sightline.injector")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def written(form: logs.Form, stream: io.StringIO | None = None) -> Callable[[], str]:
    out = stream or io.StringIO()
    logs.set_up(form, (BEARER, KEY), out)
    return out.getvalue


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_the_requests_of_openai_s_client_are_no_lines_of_ours(name: str) -> None:
    told = written(logs.Form.JSON)
    logging.getLogger(name).info("HTTP Request: POST http://model/v1/chat/completions")
    logging.getLogger(name).warning("but this is")
    assert [json.loads(line)["message"] for line in told().splitlines()] == ["but this is"]


def refuse(text: str) -> None:
    raise ValueError(text)


def failing() -> None:
    try:
        refuse(f"{KEY} is no key\nfor {PIXELS}")
    except ValueError:
        LOG.exception("a turn failed")


def test_it_is_text_on_a_terminal_and_json_elsewhere() -> None:
    text, lines = written(logs.Form.AUTO, Terminal()), None
    LOG.warning("hello")
    assert re.fullmatch(r"\d\d:\d\d:\d\d  warning  hello\n", text())
    lines = written(logs.Form.AUTO)
    LOG.warning("hello")
    assert json.loads(lines())["message"] == "hello"


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()])
def test_a_form_that_is_asked_for_is_used_everywhere(stream: io.StringIO) -> None:
    told = written(logs.Form.JSON, stream)
    LOG.info("one")
    assert json.loads(told())["message"] == "one"
    written(logs.Form.TEXT, stream)
    LOG.info("two")
    assert told().endswith("  two\n")


def test_a_turn_is_one_json_line_with_a_time_that_has_a_zone() -> None:
    told = written(logs.Form.JSON)
    log_turn(TurnRecord(conversation_id="conv_1\n", outcome="answered", status=200))
    log_turn(TurnRecord(outcome="broken", status=200))
    good, bad = map(json.loads, told().splitlines())
    assert (good["event"], good["level"], good["conversation_id"]) == ("turn", "info", "conv_1\n")
    assert bad["level"] == "warning"
    assert datetime.fromisoformat(good["time"]).utcoffset() is not None


def test_a_turn_is_one_line_for_people_with_the_time_of_day() -> None:
    told = written(logs.Form.TEXT)
    log_turn(TurnRecord(conversation_id="conv_1", context="no-image", outcome="answered"))
    assert re.match(r"\d\d:\d\d:\d\d  conv_1      no-image      answered ", told())


@pytest.mark.parametrize("form", [logs.Form.TEXT, logs.Form.JSON])
def test_a_message_is_written_without_secrets_and_pictures(form: logs.Form) -> None:
    told = written(form)
    LOG.warning("%s refused data:image/png;base64,%s", KEY, PIXELS)
    assert "[secret] refused [base64]" in told()
    assert KEY not in told()


def test_an_error_is_one_json_line_with_its_traceback() -> None:
    told = written(logs.Form.JSON)
    failing()
    line = json.loads(told())
    assert told().count("\n") == 1
    assert line["event"] == "log"
    assert line["message"] == "a turn failed"
    assert line["error"].startswith("ValueError: [secret] is no key\nfor [base64]")
    assert line["traceback"].startswith("Traceback (most recent call last)")
    assert "in failing" in line["traceback"]


def test_an_error_has_its_traceback_below_for_people() -> None:
    told = written(logs.Form.TEXT)
    failing()
    assert "error  a turn failed\nTraceback (most recent call last)" in told()
    assert KEY not in told()
    assert PIXELS[:40] not in told()


def test_another_library_s_lines_have_the_same_form() -> None:
    told = written(logs.Form.JSON)
    logging.getLogger("aiohttp.server").error("Error handling request %s", "x\x1b[31m\n" * 3)
    assert json.loads(told())["logger"] == "aiohttp.server"
    assert told().count("\n") == 1


def test_what_commands_a_terminal_is_only_shown() -> None:
    told = written(logs.Form.TEXT)
    LOG.warning("%s", "\x1b[31m\u202e")
    assert r"\u001b[31m\u202e" in told()


def test_a_message_of_a_megabyte_is_cut() -> None:
    for form in (logs.Form.TEXT, logs.Form.JSON):
        told = written(form)
        LOG.warning("x y " * 250_000)
        assert len(told()) < 3000


def test_a_form_that_there_is_not_is_refused(typed: Callable[..., Any]) -> None:
    ended = typed("serve", "--log", "xml")
    assert ended.returncode == 2
    assert "'auto', 'text', 'json'" in ended.stderr


async def test_nothing_private_is_written_by_a_service_in_trouble(
    service: Service, serve: Serve, tmp_path: Path
) -> None:
    """A bearer, a key, what was said and a picture, with the model's side failing in every way."""

    async def unhappy(request: web.Request) -> web.StreamResponse:
        said = await request.text()
        if "repeat" in said:
            return web.json_response({"error": {"message": f"{KEY} {said}"}}, status=401)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(f"data: {said}\n\n".encode())
        assert request.transport is not None
        request.transport.abort()
        return response

    model = web.Application(client_max_size=1 << 24)
    model.router.add_post("/v1/chat/completions", unhappy)
    base = await serve(model) + "/v1"
    arguments = ("serve", "--listen", "127.0.0.1:0", "--upstream", base, "--log", "json")
    secrets = {"SIGHTLINE_BEARER": BEARER, "OPENAI_API_KEY": KEY}
    async with service(*arguments, **secrets) as root, aiohttp.ClientSession() as session:
        for headers in ({"Authorization": f"Bearer {BEARER}"}, {"Authorization": f"Bearer {KEY}x"}):
            for text in (SPOKEN, f"repeat {SPOKEN}"):
                body = {
                    "model": "m",
                    "messages": [{"role": "user", "content": text}],
                    "elevenlabs_extra_body": {"picture": f"data:image/png;base64,{PIXELS}"},
                }
                await tried(session, f"{root}/v1/chat/completions", headers, json=body)
                broken = json.dumps(body).encode()[:-5]
                await tried(session, f"{root}/v1/chat/completions", headers, data=broken)
        await tried(session, f"{root}/upload_image", {}, json={"image": PIXELS})
        await tried(session, f"{root}/upload_image", {}, json={"image": f"{PIXELS}!"})
        odd = f'--B\r\nContent-Disposition: form-data; x="{SPOKEN}"=\r\n\r\n\r\n--B--\r\n'
        form = {"Content-Type": "multipart/form-data; boundary=B"}
        await tried(session, f"{root}/upload_image", form, data=odd.encode())
    said = (tmp_path / "serve.log").read_text(encoding="utf-8")
    for private in (BEARER, KEY, SPOKEN, SPOKEN[:12], PIXELS[:40], "extra_body"):
        assert private not in said
    lines = [line for line in said.splitlines() if not line.startswith("sightline serve: http")]
    assert lines
    for line in lines:
        assert {"time", "level", "event"} <= set(json.loads(line))


NO_HTTP = {
    "a chunk without a size": f"Transfer-Encoding: chunked\r\n\r\n{SPOKEN}\r\n",
    "a header without a colon": f"X-Told {SPOKEN}\r\n\r\n",
    "a secret with a control character": f"X-Told: {SPOKEN}\x01\r\n\r\n",
    "a body that is not coded as it says": (
        f"Content-Encoding: gzip\r\nContent-Length: {len(SPOKEN)}\r\n\r\n{SPOKEN}"
    ),
}


async def test_a_request_that_is_no_http_is_answered_and_not_repeated(
    service: Service, tmp_path: Path
) -> None:
    async with service("serve", "--listen", "127.0.0.1:0", "--log", "json") as root:
        for name, rest in NO_HTTP.items():
            head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            assert b" 400 " in await exchanged(root, head + rest), name
    said = (tmp_path / "serve.log").read_text(encoding="utf-8")
    assert SPOKEN not in said
    assert "Traceback" not in said


async def exchanged(root: str, text: str) -> bytes:
    """Return what is answered to so many bytes, until the other side closes."""
    host, _, port = root.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(text.encode())
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


async def tried(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str], **sent: Any
) -> None:
    try:
        async with asyncio.timeout(10), session.post(url, headers=headers, **sent) as response:
            await response.read()
    except aiohttp.ClientError:
        pass
