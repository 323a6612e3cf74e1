"""One turn that is being served: its ID, its pictures, the model's answer, and what is said else.

What goes wrong on our side costs the picture, never the turn: without an ID, without a picture, or
with a store that does not answer, the turn is relayed as text, and `x-sightline-context` says why.
What goes wrong on the model's side is tried again while the budget lasts; after that the person
hears a sentence of ours rather than nothing, and `x-sightline-fallback` says why.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from aiohttp import web

from contract.errors import BadRequest, RequestError
from contract.roles import first_id
from injector.body import Api, Relayed, Turn, relayed, told
from injector.context import context_of
from injector.conversation import Incoming, shown
from injector.fallback import stream_of, whole_of
from injector.inband import Found
from injector.labels import context_word
from injector.parts import ANCHORING, HAPPENINGS, IN_BAND, MANNER, STORE, UPSTREAM
from injector.record import TurnRecord
from injector.relay import UNBUFFERED, Sent, pass_back, relay
from injector.shared import Anchor, Shared
from injector.stopwatch import Stopwatch
from injector.upstream import ErrorAnswer, GivenUp, Question, Trace
from injector.usage import usage_in
from injector.wire import CONFIG, error_response, log

ANCHOR_TIMEOUT = 10.0
"""Seconds for keeping a picture's place; with a disk that hangs, each turn would add a task."""

_COMPRESSED = {"gzip", "x-gzip", "deflate", "br", "zstd"}


class Serving:
    """One turn that is being served.

    Args:
        request: the turn's request, whose body has been read.
        record: is told what happens.
        since: when the last byte came in, by the loop's clock, from which budgets count.
        began: the same moment by `time.perf_counter`, from which what was spent counts.
    """

    def __init__(
        self, request: web.Request, record: TurnRecord, since: float, began: float
    ) -> None:
        self._request = request
        self._record = record
        self._since = since
        self._began = began
        self._watch = Stopwatch(record.parts)
        self._injector = request.app[CONFIG].injector
        self._has_begun = False  # whether anything may have gone to the client

    async def serve(self, turn: Turn) -> web.StreamResponse:
        """Return the answer to the turn; it has been sent then, as far as it could be.

        A fault of ours, too, is told to a person in a sentence, as long as nothing was sent.
        """
        sentence = self._injector.says.failed
        try:
            return await self._answer(turn)
        except RequestError:
            raise
        except Exception:
            record = self._record
            record.outcome, record.status, record.reason = "refused", 500, "a fault of Sightline"
            if sentence is None or not turn.stream or self._has_begun:
                raise
            log.exception("turn %s is answered by a sentence", shown(record.conversation_id))
            record.outcome = "fallback"
            return await self._say(turn, sentence, {"x-sightline-fallback": record.reason})

    async def _answer(self, turn: Turn) -> web.StreamResponse:
        record, manner = self._record, self._request.app[MANNER]
        record.stream, record.model = turn.stream, manner.model or turn.model
        found = await self._found(turn)
        self._watch.lap("store")
        pictures = found.context.pictures
        body = relayed(turn, pictures, manner)
        shown_now = body.attached + body.kept  # those that the platform itself has passed on
        record.context = f"attached;n={shown_now}" if pictures else found.why
        record.pictures = body.attached
        self._watch.lap("inject")
        self._tell(shown_now if pictures else 0)
        if turn.is_empty:
            return await self._greet(turn)
        if found.conversation_id is not None and body.anchors:
            self._anchor(found.conversation_id, body.anchors)
        return await self._ask(turn, pictures, body)

    async def _found(self, turn: Turn) -> Found:
        """Return whose turn this is, and which pictures it shows."""
        app, record, injector = self._request.app, self._record, self._injector
        incoming = Incoming(self._request, turn.value)
        key = first_id(app[CONFIG].conversation_id, incoming)
        in_band = app.get(IN_BAND)
        named = () if in_band is None else in_band.named(incoming)
        record.conversation_id, record.turn = key, len(turn.spoken)
        self._watch.lap("locate")
        half = injector.upstream.first_byte_timeout / 2  # the other is the model's
        waiting = min(injector.images.wait_for_picture, half)
        if in_band is None or not named:
            return Found(key, *await context_of(app[STORE], key, waiting))
        found = await in_band.context(app[STORE], key, named, waiting)
        record.conversation_id = found.conversation_id
        if found.associated and found.conversation_id is not None:
            app[HAPPENINGS].tell(
                found.conversation_id, "associated", images=found.associated, inBand=True
            )
        return found

    async def _ask(
        self, turn: Turn, pictures: Sequence[Shared], body: Relayed
    ) -> web.StreamResponse:
        settings, trace = self._injector.upstream, Trace()
        question = Question(
            "POST",
            f"/{turn.api.value}",
            self._request.headers,
            since=self._since,
            # A whole answer comes when its last word is known, and no platform waits for one.
            budget=settings.first_byte_timeout if turn.stream else settings.idle_timeout,
            repeats=settings.first_byte_timeout,
            body=body.pieces,
            without_pictures=self._lesser(turn, pictures) if body.attached else (),
            is_streamed=turn.stream,
        )
        try:
            answer = await self._request.app[UPSTREAM].ask(question, trace)
        except GivenUp as given_up:
            self._book(trace)
            return await self._give_up(turn, given_up)
        except asyncio.CancelledError:
            self._book(trace)
            raise
        try:
            self._book(trace)
            if trace.is_without_pictures:
                self._record.context, self._record.pictures = "image-refused", 0
                self._tell(0)
            sent, began = Sent(), time.perf_counter()
            self._record.status, self._has_begun = answer.head.status, True
            try:
                return await relay(
                    self._request,
                    answer,
                    self._told(),
                    idle_timeout=settings.idle_timeout,
                    sent=sent,
                )
            finally:
                self._sent(sent, began, answer.head.get("content-encoding"))
        finally:
            answer.close()

    def _lesser(
        self, turn: Turn, pictures: Sequence[Shared]
    ) -> tuple[Callable[[], tuple[bytes, ...]], ...]:
        """Return what is asked where the pictures are refused: in words, then without them.

        What refuses a picture may refuse to hear of it too, and the turn must not die of that.
        """
        manner = self._request.app[MANNER]

        def bare() -> tuple[bytes, ...]:
            return relayed(turn, (), manner).pieces

        if not any(it.picture.description for it in pictures):
            return (bare,)
        return (lambda: told(turn, pictures, manner), bare)

    def _book(self, trace: Trace) -> None:
        """Book what asking the model's side took, and what went wrong meanwhile."""
        record = self._record
        self._watch.book("connect", trace.connect)
        self._watch.lap("first_byte")
        self._watch.book("first_byte", -trace.connect)
        record.added = sum(record.parts[part] for part in ("locate", "store", "inject"))
        record.attempts = trace.attempts
        labels = [failure.label for failure in trace.failures]
        if trace.is_without_pictures:
            refused = next(at for at, one in enumerate(trace.failures) if one.about_picture)
            labels[refused] = "image"
            record.reason = trace.failures[refused].told
        record.retries = labels[: trace.attempts - 1]

    def _sent(self, sent: Sent, began: float, coding: str | None) -> None:
        """Book what became of the answer on its way to the client."""
        record = self._record
        record.bytes_out, record.reason = sent.size, sent.why or record.reason
        record.outcome = "answered" if sent.end == "whole" else sent.end
        record.added += sent.sent_on
        if sent.size:
            record.first_chunk = began - self._began + sent.sent_on / 1000
        if coding not in _COMPRESSED:
            record.usage = usage_in(b"".join(sent.tail))

    async def _give_up(self, turn: Turn, given_up: GivenUp) -> web.StreamResponse:
        """Say that the model's side failed: in a sentence to a person, else by its own error."""
        record, last = self._record, given_up.last
        record.failure = last.label
        record.reason = last.told
        sentence = self._injector.says.failed
        if sentence is None or not turn.stream:
            response = failed(given_up, self._told())
            record.outcome, record.status = "refused", response.status
            return response
        record.outcome = "fallback"
        return await self._say(turn, sentence, {"x-sightline-fallback": last.says})

    async def _greet(self, turn: Turn) -> web.StreamResponse:
        """Answer a turn in which nobody has spoken: an error would end the call.

        Raises:
            BadRequest: it is configured that nothing is said.
        """
        greeting = self._injector.says.greeting
        if greeting is None:
            name = "messages" if turn.api is Api.CHAT else "input"
            raise BadRequest(f"`{name}` is empty: send at least one message", param=name)
        self._record.outcome = "greeted"
        return await self._say(turn, greeting, {})

    async def _say(self, turn: Turn, sentence: str, more: dict[str, str]) -> web.StreamResponse:
        """Say a sentence of ours as the model would."""
        if turn.stream:
            body, kind = stream_of(turn.api, sentence, self._record.model), "text/event-stream"
        else:
            body, kind = whole_of(turn.api, sentence, self._record.model), "application/json"
        headers = {"Content-Type": f"{kind}; charset=utf-8", **self._told(), **more}
        if turn.stream:
            headers |= UNBUFFERED
        self._record.status, self._record.bytes_out = web.HTTPOk.status_code, len(body)
        self._record.first_chunk = time.perf_counter() - self._began
        return web.Response(body=body, headers=headers)

    def _tell(self, images: int) -> None:
        """Tell whoever watches the conversation what becomes of its pictures in this turn."""
        record = self._record
        if record.conversation_id is not None:
            context = context_word(record.context)
            self._request.app[HAPPENINGS].tell(
                record.conversation_id, "turn", turn=record.turn, context=context, images=images
            )

    def _told(self) -> dict[str, str]:
        """Return the headers that every answer to a turn carries."""
        timing = self._watch.header()
        return {"x-sightline-context": self._record.context, "server-timing": timing}

    def _anchor(self, key: str, anchors: Mapping[str, Anchor]) -> None:
        """Have the store keep in which message a picture stands, while the model is asked."""
        tasks, store = self._request.app[ANCHORING], self._request.app[STORE]

        async def keep() -> None:
            try:
                async with asyncio.timeout(ANCHOR_TIMEOUT):
                    await store.anchor(key, anchors)
            except Exception as error:  # noqa: BLE001 - it costs the prompt cache, not the turn
                log.warning("turn %s: its picture's place is not kept: %s", shown(key), error)

        task = asyncio.create_task(keep())
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def failed(given_up: GivenUp, own: dict[str, str]) -> web.Response:
    """Return the error answer of the model's side as it came, or of ours where it sent none."""
    answer, error = given_up.last.answer, given_up.last.error
    response = error_response(error) if answer is None else _as_it_came(answer)
    response.headers.update(own)
    return response


def _as_it_came(answer: ErrorAnswer) -> web.Response:
    response = web.Response(status=answer.status, reason=answer.reason, body=answer.body)
    response.headers.clear()
    pass_back(answer.headers, response.headers)
    return response
