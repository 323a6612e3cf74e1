"""The trouble table, streamed: what goes wrong before the first word is tried again, or told."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, SENTENCE, Form, said
from tests.injector.trouble.table import LINES, ROWS, STATUSES, STREAMS, Row, lasting, rows

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

KEY = "sk-a-secret-key"
SLACK = 1.0
"""Seconds that a busy machine may be late. It is no part of the promise."""


def budget(row: Row) -> float:
    """Return a budget in seconds: an error answer that stays is given up long before its end."""
    return 0.3 if row.status is None else 3.0


@rows(*(row for row in ROWS if row.again), central=True)
async def test_what_another_attempt_can_mend_is_not_heard(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, row: Row, form: Form
) -> None:
    side = await model(row.act(form), form.good())
    root = await endpoint(side.base_url, first_byte_timeout=3.0, connect_timeout=1.0)
    heard = await ask(client, root, form)
    assert (heard.status, heard.body) == (200, form.spoken)
    assert (heard.broke, heard.fallback) == (False, None)
    assert len(side.turns) == 2
    assert side.turns[0].raw == side.turns[1].raw


@rows(*ROWS, central=True)
async def test_what_stays_is_told_by_a_sentence_in_time(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, row: Row, form: Form
) -> None:
    side = await model(*lasting(row, form))
    root = await endpoint(side.base_url, first_byte_timeout=budget(row), api_key=KEY)
    heard = await ask(client, root, form)
    assert (heard.status, heard.broke) == (200, False)
    assert heard.headers["Content-Type"].startswith("text/event-stream")
    assert said(form, heard.body) == SENTENCE
    assert heard.took < budget(row) + SLACK
    assert heard.context == "no-image"
    assert "server-timing" in heard.headers
    assert_is_a_reason(heard.fallback, row.status)
    assert row.again or len(side.turns) == 1


def assert_is_a_reason(reason: str | None, status: int | None) -> None:
    """Check that a reason is a short line without secrets, and names a status that came."""
    assert reason
    assert reason.isascii()
    assert reason.isprintable()
    assert len(reason) <= 120
    assert KEY not in reason
    if status is not None:
        assert str(status) in reason


@rows(*STATUSES, *LINES[:3], *STREAMS[:3], central=True)
async def test_without_a_sentence_the_error_is_told_as_it_came(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, row: Row, form: Form
) -> None:
    side = await model(*lasting(row, form))
    root = await endpoint(side.base_url, first_byte_timeout=budget(row), says={"failed": None})
    heard = await ask(client, root, form)
    assert_is_the_error(heard.status, heard.body, row, form)
    assert heard.took < budget(row) + SLACK
    assert heard.context == "no-image"
    assert heard.fallback is None
    if row.status is None:
        # Which of the two depends on whether an attempt was under way when the time was over.
        assert heard.error["code"] in {"upstream_failed", "upstream_timeout"}


def assert_is_the_error(status: int, body: bytes, row: Row, form: Form) -> None:
    """Check that an answer is the last error answer of the model's side, or else one of ours."""
    if row.status is None:
        assert status in {502, 504}
    else:
        last = lasting(row, form)[-1].steps[0]
        assert isinstance(last, bytes)
        assert status == row.status
        assert body == last.partition(b"\r\n\r\n")[2]


async def test_headers_of_an_error_come_back_too(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    row = next(row for row in ROWS if row.name == "503")
    side = await model(*lasting(row, CHAT))
    root = await endpoint(side.base_url, first_byte_timeout=budget(row), says={"failed": None})
    heard = await ask(client, root, CHAT)
    assert heard.headers["Retry-After"] == "60"
    assert heard.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_different_troubles_in_a_row_are_mended_as_well(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    names = ("503", "reset at once", "only the beginning", "an error event")
    acts = [row.act(form) for name in names for row in ROWS if row.name == name]
    side = await model(*acts, form.good())
    heard = await ask(client, await endpoint(side.base_url, first_byte_timeout=5.0), form)
    assert (heard.status, heard.body) == (200, form.spoken)
    assert len(side.turns) == 5
