"""What Prometheus is told: counts and times of turns, under OpenTelemetry's names where it has one.

This is the door to prometheus-client. Each application has a registry of its own, so two in one
process do not add up. A turn is counted when its answer has gone; what its labels lead to is looked
up once and kept, because that costs more than counting.
"""

import asyncio
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder

from contract.config import Upstream
from contract.errors import RequestError
from injector.labels import Names, context_word, error_type, provider
from injector.record import TurnRecord
from injector.shared import Prepared
from injector.wire import Handler

# The boundaries that the conventions ask for:
# https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
_SECONDS = tuple(0.01 * 2**power for power in range(14))
_TOKENS = tuple(4**power for power in range(14))
# Our own times: from a tenth of a millisecond to a second.
_SHORT = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)

_OPERATION = ("gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model")
_MODEL_ANSWERED = frozenset({"answered", "broken", "left"})


class Metrics:
    """The counts of one application.

    Args:
        upstream: the model's side, whose address and model are labels.
    """

    def __init__(self, upstream: Upstream) -> None:
        self.registry: Final = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._operation = ("chat", provider(urlsplit(upstream.base_url).hostname))
        self._models = Names([upstream.model or ""])
        self._errors, self._reasons, self._contexts = Names(most=64), Names(most=64), Names()
        self._children: dict[tuple[Any, ...], Any] = {}
        self._duration = self._histogram(
            "gen_ai_client_operation_duration_seconds",
            "A turn that the model was asked for, from its last byte in to the last byte out.",
            (*_OPERATION, "error_type"),
            _SECONDS,
        )
        self._first_chunk = self._histogram(
            "gen_ai_client_operation_time_to_first_chunk_seconds",
            "From a turn's last byte in to the model's first content out; streams only.",
            _OPERATION,
            _SECONDS,
        )
        self._tokens = self._histogram(
            "gen_ai_client_token_usage",
            "Tokens of a turn by gen_ai_token_type, where the answer tells them.",
            (*_OPERATION, "gen_ai_token_type"),
            _TOKENS,
        )
        self._added = self._histogram(
            "sightline_added_seconds", "What Sightline added to a turn's first content.", (), _SHORT
        )
        self._store = self._histogram(
            "sightline_store_seconds", "How long a turn waited for its pictures.", (), _SHORT
        )
        self._turns = self._counter(
            "sightline_turns",
            "Turns, by x-sightline-context without its count, outcome and API.",
            ("context", "outcome", "api"),
        )
        self._retries = self._counter(
            "sightline_upstream_retries", "Times that the model was asked again.", ("reason",)
        )
        self._pictures = self._counter(
            "sightline_pictures_attached", "Pictures that the model was shown, turn by turn."
        )
        self._cached = self._counter(
            "sightline_cached_input_tokens", "Input tokens that the model's prompt cache held."
        )
        self._uploads = self._counter(
            "sightline_uploads", "Uploaded pictures: kept, or why not.", ("result",)
        )
        self._upload_seconds = self._histogram(
            "sightline_upload_seconds",
            "A picture that was kept, from its last byte in to the answer.",
            (),
            _SECONDS,
        )
        self._upload_bytes = self._counter(
            "sightline_upload_bytes",
            "Bytes of pictures that were kept: as they came, and as they are kept.",
            ("which",),
        )
        self._descriptions = self._counter(
            "sightline_descriptions",
            "Pictures that were to be put into words, by what became of that.",
            ("result",),
        )
        self._forgotten = self._counter(
            "sightline_pictures_forgotten", "Pictures that were forgotten, and why.", ("reason",)
        )
        self._live = Gauge("sightline_live_streams", "Turns in progress.", registry=self.registry)

    def began(self) -> None:
        """Count a turn that has begun; `over` must follow, whatever becomes of it."""
        self._live.inc()

    def over(self) -> None:
        """Count a turn that is over."""
        self._live.dec()

    def ended(self, turn: TurnRecord) -> None:
        """Count what a turn was like."""
        context = self._contexts.label(context_word(turn.context))
        self._child(self._turns, context, turn.outcome, turn.api).inc()
        self._added.observe(turn.added / 1000)
        if "store" in turn.parts:
            self._store.observe(turn.parts["store"] / 1000)
        if turn.pictures and turn.outcome not in {"fallback", "refused"}:
            self._pictures.inc(turn.pictures)
        for reason in turn.retries:
            self._child(self._retries, self._reasons.label(reason)).inc()
        if turn.attempts:
            self._asked(turn)

    def uploaded(self, result: str) -> None:
        """Count an upload: `kept`, or the code of the error that it was answered with."""
        self._child(self._uploads, result).inc()

    def took(self, prepared: Prepared, seconds: float) -> None:
        """Count a picture that was kept, so long after its last byte had come."""
        self._upload_seconds.observe(seconds)
        self._child(self._upload_bytes, "received").inc(prepared.received.size)
        self._child(self._upload_bytes, "kept").inc(prepared.picture.size)

    def described(self, result: str) -> None:
        """Count a picture that was to be put into words: `kept`, `failed` or `skipped`."""
        self._child(self._descriptions, result).inc()

    def forgot(self, reason: Literal["expired", "asked", "webhook"], count: int) -> None:
        """Count pictures that were forgotten: their time was over, or somebody has asked for it."""
        self._child(self._forgotten, reason).inc(count)

    def _asked(self, turn: TurnRecord) -> None:
        """Count a turn that the model was asked for, as OpenTelemetry's conventions say."""
        model = self._models.label(turn.model or "", learn=turn.outcome == "answered")
        error = self._errors.label(error_type(turn))
        self._child(self._duration, *self._operation, model, error).observe(turn.duration)
        # "SHOULD be reported for streaming calls and SHOULD NOT be reported otherwise."
        if turn.stream and turn.first_chunk is not None and turn.outcome in _MODEL_ANSWERED:
            self._child(self._first_chunk, *self._operation, model).observe(turn.first_chunk)
        if turn.usage is not None:
            tokens, usage = (self._tokens, *self._operation, model), turn.usage
            self._child(*tokens, "input").observe(usage.input_tokens)
            self._child(*tokens, "output").observe(usage.output_tokens)
            self._cached.inc(usage.cached_tokens)

    def _child(self, metric: Any, *labels: str) -> Any:
        child = self._children.get((metric, labels))
        if child is None:
            child = self._children[metric, labels] = metric.labels(*labels)
        return child

    def _histogram(
        self, name: str, told: str, labels: tuple[str, ...], buckets: tuple[float, ...]
    ) -> Histogram:
        return Histogram(name, told, labels, buckets=buckets, registry=self.registry)

    def _counter(self, name: str, told: str, labels: tuple[str, ...] = ()) -> Counter:
        return Counter(name, told, labels, registry=self.registry)


METRICS = web.AppKey("metrics", Metrics)


async def metrics(request: web.Request) -> web.Response:
    """Answer a scrape: Prometheus's text, or OpenMetrics where `Accept` asks for it."""
    accept = request.headers.get("Accept", "")
    try:
        encode, content_type = choose_encoder(accept)
        told = encode(request.app[METRICS].registry)
    except (TypeError, ValueError):  # a version, or a way of escaping, that there is not
        encode, content_type = choose_encoder("")
        told = encode(request.app[METRICS].registry)
    return web.Response(body=told, headers={"Content-Type": content_type})


def counted(handler: Handler) -> Handler:
    """Return the handler of uploads so that each is counted by its result."""

    async def handle(request: web.Request) -> web.StreamResponse:
        result = "failed"
        try:
            response = await handler(request)
            result = "kept"
        except RequestError as error:
            result = error.code
            raise
        except asyncio.CancelledError:
            result = "client left"
            raise
        finally:
            request.app[METRICS].uploaded(result)
        return response

    return handle
