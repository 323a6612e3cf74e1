"""The routes of turns, and of the models: the body is read here, and `serving` does the rest."""

import asyncio
import time
from urllib.parse import quote

from aiohttp import hdrs, web

from contract.errors import BadRequest, RequestError
from injector.body import Api, parse_turn
from injector.ledger import LEDGER
from injector.parts import UPSTREAM
from injector.record import TurnRecord
from injector.relay import Sent, relay
from injector.serving import Serving, failed
from injector.unpacking import unpacked
from injector.upstream import GivenUp, Question, Trace
from injector.wire import CONFIG, check_bearer


async def chat_completions(request: web.Request) -> web.StreamResponse:
    """Answer a chat completions turn with what the model says of the conversation's pictures."""
    return await _turn(request, Api.CHAT)


async def responses(request: web.Request) -> web.StreamResponse:
    """Answer a turn of the Responses API likewise."""
    return await _turn(request, Api.RESPONSES)


async def models(request: web.Request) -> web.StreamResponse:
    """Answer with the models that the model's side offers."""
    check_bearer(request)
    # Quoted again: `..%2Ffiles` must not become another route of the model's side, under our key.
    tail = quote(request.match_info.get("model", ""), safe="")
    settings = request.app[CONFIG].injector.upstream
    question = Question(
        "GET",
        f"/models/{tail}" if tail else "/models",
        request.headers,
        since=asyncio.get_running_loop().time(),
        budget=settings.first_byte_timeout,
        repeats=settings.first_byte_timeout,
    )
    try:
        answer = await request.app[UPSTREAM].ask(question, Trace())
    except GivenUp as given_up:
        return failed(given_up, {})
    try:
        return await relay(request, answer, {}, idle_timeout=settings.idle_timeout, sent=Sent())
    finally:
        answer.close()


async def _turn(request: web.Request, api: Api) -> web.StreamResponse:
    """Serve a turn, and have it counted and logged when its answer has gone."""
    ledger, loop = request.app[LEDGER], asyncio.get_running_loop()
    record = TurnRecord(api="chat" if api is Api.CHAT else "responses")
    ledger.begin()
    began = time.perf_counter()  # uvloop's clock counts in whole milliseconds
    try:
        check_bearer(request)
        body = await _body(request)
        began = time.perf_counter()
        serving = Serving(request, record, loop.time(), began)
        return await serving.serve(parse_turn(body, api))
    except RequestError as error:
        record.outcome, record.status, record.reason = "refused", error.http_status, str(error)
        raise
    finally:
        record.duration = time.perf_counter() - began
        ledger.end(record)


async def _body(request: web.Request) -> bytes:
    """Return a turn's body.

    Raises:
        BadRequest: it is not framed as HTTP says, or compressed as nobody can read. Why is not
            told, since it may repeat what was said.
        TooLarge: it is small only as long as it is compressed.
    """
    try:
        body = await request.read()
    except web.RequestPayloadError:
        raise BadRequest("the body cannot be read: it is not coded as its headers say") from None
    coding = request.headers.get(hdrs.CONTENT_ENCODING)
    return body if coding is None else await unpacked(body, coding, request.client_max_size)
