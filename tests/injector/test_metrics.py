import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as families

from contract.config import Upstream
from injector.metrics import Metrics
from injector.record import TurnRecord
from injector.usage import Usage

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

GEN_AI = {
    "gen_ai_operation_name": "chat",
    "gen_ai_provider_name": "openai",
    "gen_ai_request_model": "gpt-4o",
}
DURATION = "gen_ai_client_operation_duration_seconds"
FIRST_CHUNK = "gen_ai_client_operation_time_to_first_chunk_seconds"
TOKENS = "gen_ai_client_token_usage"


def answered(**more: Any) -> TurnRecord:
    known: dict[str, Any] = {
        "model": "gpt-4o",
        "context": "attached;n=2",
        "pictures": 2,
        "status": 200,
        "outcome": "answered",
        "attempts": 1,
        "parts": {"locate": 0.1, "store": 0.3, "inject": 0.1, "connect": 0.0, "first_byte": 400.0},
        "added": 0.4,
        "first_chunk": 0.412,
        "duration": 2.1,
        "usage": Usage(1200, 34, 1024),
    }
    return TurnRecord(**(known | more))


def counted(*turns: TurnRecord, upstream: Upstream | None = None) -> Metrics:
    counts = Metrics(upstream or Upstream())
    for turn in turns:
        counts.ended(turn)
    return counts


def value(counts: Metrics, name: str, **labels: str) -> float | None:
    return counts.registry.get_sample_value(name, labels)


def labels(counts: Metrics, name: str, label: str) -> set[str]:
    return {
        sample.labels[label]
        for family in counts.registry.collect()
        for sample in family.samples
        if sample.name == name
    }


def test_a_turn_is_counted_under_opentelemetry_s_names() -> None:
    counts = counted(answered())
    assert value(counts, f"{DURATION}_sum", **GEN_AI, error_type="") == 2.1
    assert value(counts, f"{FIRST_CHUNK}_sum", **GEN_AI) == 0.412
    assert value(counts, f"{TOKENS}_sum", **GEN_AI, gen_ai_token_type="input") == 1200
    assert value(counts, f"{TOKENS}_sum", **GEN_AI, gen_ai_token_type="output") == 34
    assert value(counts, "sightline_cached_input_tokens_total") == 1024


def test_the_boundaries_are_those_of_the_conventions() -> None:
    counts = counted(answered())
    seconds = {"0.01", "0.02", "0.04", "0.08", "0.16", "0.32", "0.64", "1.28", "2.56", "5.12"}
    seconds |= {"10.24", "20.48", "40.96", "81.92", "+Inf"}
    assert labels(counts, f"{DURATION}_bucket", "le") == seconds
    assert labels(counts, f"{FIRST_CHUNK}_bucket", "le") == seconds
    tokens = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304]
    tokens += [16777216, 67108864]
    told = labels(counts, f"{TOKENS}_bucket", "le") - {"+Inf"}
    assert sorted(map(float, told)) == tokens


def test_our_own_time_and_the_store_s_are_in_seconds() -> None:
    counts = counted(answered())
    assert value(counts, "sightline_added_seconds_sum") == pytest.approx(0.0004)
    assert value(counts, "sightline_added_seconds_bucket", le="0.0005") == 1
    assert value(counts, "sightline_added_seconds_bucket", le="0.0002") == 0
    assert value(counts, "sightline_store_seconds_sum") == pytest.approx(0.0003)


def test_turns_are_counted_by_context_outcome_and_api() -> None:
    counts = counted(
        answered(),
        answered(context="attached;n=1", pictures=1),
        answered(context="no-image", pictures=0, api="responses", outcome="left"),
    )
    turns = "sightline_turns_total"
    both = value(counts, turns, context="attached", outcome="answered", api="chat")
    assert both == 2
    assert value(counts, turns, context="no-image", outcome="left", api="responses") == 1
    assert value(counts, "sightline_pictures_attached_total") == 3


def test_each_retry_is_counted_by_its_reason() -> None:
    counts = counted(answered(retries=["status 503", "timeout", "timeout"], attempts=4))
    retries = "sightline_upstream_retries_total"
    assert value(counts, retries, reason="timeout") == 2
    assert value(counts, retries, reason="status 503") == 1


def test_turns_in_progress_are_those_that_began_and_did_not_end() -> None:
    counts = Metrics(Upstream())
    for _ in range(3):
        counts.began()
    counts.over()
    assert value(counts, "sightline_live_streams") == 2


def test_a_turn_that_the_model_was_not_asked_for_is_no_operation_of_it() -> None:
    greeted = answered(outcome="greeted", attempts=0, usage=None, parts={}, context="no-image")
    refused = answered(outcome="refused", attempts=0, usage=None, parts={}, status=400)
    counts = counted(greeted, refused)
    assert labels(counts, f"{DURATION}_count", "error_type") == set()
    assert labels(counts, "sightline_turns_total", "outcome") == {"greeted", "refused"}
    assert value(counts, "sightline_store_seconds_count") == 0


@pytest.mark.parametrize(
    ("turn", "error"),
    [
        ({"outcome": "fallback", "failure": "timeout"}, "timeout"),
        ({"outcome": "refused", "status": 401}, "401"),
        ({"outcome": "broken"}, "broken"),
        ({"outcome": "left"}, "client left"),
        ({"outcome": "refused", "failure": "x" * 65}, "_OTHER"),
    ],
)
def test_a_turn_that_failed_says_how(turn: dict[str, Any], error: str) -> None:
    counts = counted(answered(**turn))
    assert value(counts, f"{DURATION}_count", **GEN_AI, error_type=error) == 1


@pytest.mark.parametrize(
    "turn", [{"stream": False}, {"first_chunk": None}, {"outcome": "fallback"}]
)
def test_the_first_chunk_is_the_model_s_own_and_a_stream_s(turn: dict[str, Any]) -> None:
    counts = counted(answered(**turn))
    assert labels(counts, f"{FIRST_CHUNK}_count", "gen_ai_request_model") == set()


def test_made_up_models_make_no_endless_labels() -> None:
    made_up = (answered(model=f"made-up-{number}") for number in range(1000))
    counts = counted(answered(), *made_up)
    models = labels(counts, f"{DURATION}_count", "gen_ai_request_model")
    assert {"gpt-4o", "_OTHER"} < models
    assert len(models) < 40


def test_a_model_that_has_never_answered_is_no_label() -> None:
    counts = counted(
        answered(model="gpt-x", outcome="refused", status=404),
        answered(model=None),
        answered(model="x\n\ud800" * 50_000),
    )
    assert labels(counts, f"{DURATION}_count", "gen_ai_request_model") == {"", "_OTHER"}


def test_two_applications_count_for_themselves() -> None:
    one, other = counted(answered()), counted(answered(), answered())
    assert value(one, f"{DURATION}_count", **GEN_AI, error_type="") == 1
    assert value(other, f"{DURATION}_count", **GEN_AI, error_type="") == 2


async def test_prometheus_can_read_it(endpoint: Endpoint, client: aiohttp.ClientSession) -> None:
    async with client.get(f"{await endpoint()}/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        read = families(await response.text())
    told = {family.name for family in read}
    assert {"sightline_live_streams", "sightline_turns", DURATION} <= told
    assert "process_resident_memory_bytes" in told


async def test_openmetrics_is_told_to_whom_asks_for_it(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    accept = {"Accept": "application/openmetrics-text; version=1.0.0, text/plain;q=0.5"}
    async with client.get(f"{await endpoint()}/metrics", headers=accept) as response:
        assert response.headers["Content-Type"].startswith("application/openmetrics-text")
        told = await response.text()
    assert told.endswith("# EOF\n")
    read = open_families(told)  # type: ignore[no-untyped-call]
    assert "sightline_turns" in {family.name for family in read}


@pytest.mark.parametrize(
    "accept",
    [
        "text/plain; version=x.y",
        "application/openmetrics-text; version=1.x",
        "text/plain; version=1.0.0; escaping=none",
        "*/*",
        "äöü",
        ";;;,,",
        "image/png",
    ],
)
async def test_whatever_is_accepted_there_is_an_answer(
    endpoint: Endpoint, client: aiohttp.ClientSession, accept: str
) -> None:
    async with client.get(f"{await endpoint()}/metrics", headers={"Accept": accept}) as response:
        assert response.status == 200
        assert "sightline_live_streams 0" in await response.text()


async def test_uploads_are_counted_by_result(
    endpoint: Endpoint, client: aiohttp.ClientSession, png: bytes
) -> None:
    root = await endpoint(images={"max_upload": 5000})
    for body in (png, b"no picture", png, b"x" * 5001, b"x" * (70 << 20)):
        async with client.post(f"{root}/upload_image", data=io.BytesIO(body)):
            pass
    async with client.get(f"{root}/metrics") as response:
        told = await response.text()
    assert 'sightline_uploads_total{result="kept"} 2.0' in told
    assert 'sightline_uploads_total{result="not_a_picture"} 1.0' in told
    assert 'sightline_uploads_total{result="too_large"} 2.0' in told


async def test_an_upload_whose_client_leaves_is_counted_too(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    root = await endpoint()
    host, _, port = root.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /upload_image HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nhalf")
    await writer.drain()
    writer.close()
    for _ in range(200):
        async with client.get(f"{root}/metrics") as response:
            if 'result="client left"' in await response.text():
                return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody has counted it")
