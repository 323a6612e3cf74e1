"""Sends what a replay's plan says, through OpenAI's official client, byte for byte as recorded.

Going through the official client proves two things at once: that the endpoint takes what the
platform sent, and that what it answers is what a client of OpenAI's API can read.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import openai

from capture.official import unreadable
from capture.replay import Conversation, Result, headers_to_send, judge
from contract.config import Address
from contract.exchange import Exchange, Request, Response

Share = Callable[[int, str], Awaitable[int]]
"""Give the conversation of a number and an ID its picture; return how many it then has."""


def is_loopback(url: str) -> bool:
    """Tell whether an address is on this machine."""
    at = urlsplit(url)
    return Address(at.hostname or "", 0).is_loopback


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send, and how.

    Args:
        root: scheme, host and port of the endpoint; recorded paths are put behind it.
        bearer: what the endpoint wants in `Authorization`; empty for nothing.
        speed: how much faster than recorded; 0 leaves no pauses between turns.
        concurrency: how many conversations at the same time.
    """

    root: str
    bearer: str = ""
    speed: float = 0.0
    concurrency: int = 1


async def send(
    conversations: Sequence[Conversation],
    target: Target,
    share: Share | None,
    on_result: Callable[[Result], None],
) -> list[Result]:
    """Send conversations to the endpoint and judge each answer as it comes.

    Args:
        conversations: what to send.
        target: where to.
        share: gives a conversation its picture before its first turn; None gives none.
        on_result: called with each result.
    """
    limit = asyncio.Semaphore(target.concurrency)
    async with openai.AsyncOpenAI(
        api_key=target.bearer or "none",
        base_url=target.root,
        max_retries=0,
        # No proxy of the environment knows the way to this machine.
        http_client=openai.DefaultAsyncHttpxClient(trust_env=not is_loopback(target.root)),
    ) as client:

        async def hold(conversation: Conversation) -> list[Result]:
            async with limit:
                return await _hold(client, target, conversation, share, on_result)

        held = await asyncio.gather(*(hold(it) for it in conversations))
    return [result for results in held for result in results]


async def _hold(
    client: openai.AsyncOpenAI,
    target: Target,
    conversation: Conversation,
    share: Share | None,
    on_result: Callable[[Result], None],
) -> list[Result]:
    """Send one conversation's turns, each when its time has come."""
    expected = 0
    if share is not None and conversation.id is not None:
        expected = await share(conversation.number, conversation.id)
    began, first, results = time.monotonic(), conversation.turns[0].started, []
    for at, turn in enumerate(conversation.turns):
        if target.speed > 0:
            due = (turn.started - first).total_seconds() / target.speed
            await asyncio.sleep(max(0.0, began + due - time.monotonic()))
        response, error = await _ask(client, target.root, turn)
        if share is not None and conversation.id is None:
            error = error or "no conversation ID in it, so no picture can be attached"
        result = judge(conversation, at, response, error, expected)
        on_result(result)
        results.append(result)
    return results


async def _ask(
    client: openai.AsyncOpenAI, root: str, turn: Exchange
) -> tuple[Response | None, str | None]:
    """Send one turn; return the answer, and what the official client could not make of it."""
    since = time.monotonic()
    pieces: list[tuple[float, bytes]] = []
    try:
        answer = await _post(client, root, turn.request)
        try:
            async for piece in answer.iter_bytes():
                pieces.append((_since(since), piece))  # noqa: PERF401  each has its own time
        finally:
            await answer.close()
    except openai.APIStatusError as error:
        body = await error.response.aread()
        return _response(error.status_code, error.response.headers, [(_since(since), body)]), None
    except openai.APIConnectionError as error:
        return None, f"no answer: {error.__cause__ or error}"
    except Exception as error:  # noqa: BLE001  each version of the client has its own HTTP library
        return None, f"the answer breaks off: {error or type(error).__name__}"
    response = _response(answer.status_code, answer.headers, pieces)
    return response, unreadable(response, turn.request.path)


async def _post(client: openai.AsyncOpenAI, root: str, request: Request) -> Any:
    """Send the recorded bytes; return the client's own view of an answer that has begun."""
    query = request.url.partition("?")[2]
    url = root.rstrip("/") + request.path + (f"?{query}" if query else "")
    # With this header of its own, the client hands over the answer's bytes as they come.
    headers = {**headers_to_send(request), "X-Stainless-Raw-Response": "stream"}
    return await client.post(
        url,
        cast_to=object,
        content=request.body,
        options={"headers": headers},
        stream=True,
        stream_cls=openai.AsyncStream[object],
    )


def _since(start: float) -> float:
    """Return the milliseconds since a moment of `time.monotonic()`."""
    return round((time.monotonic() - start) * 1000, 3)


def _response(
    status: int, headers: Mapping[str, str], pieces: Sequence[tuple[float, bytes]]
) -> Response:
    return Response(
        status,
        tuple(headers.items()),
        b"".join(piece for _, piece in pieces),
        tuple((at, len(piece)) for at, piece in pieces),
    )
