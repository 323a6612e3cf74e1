"""How long is waited between attempts, and when nothing is waited for at all."""

import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from itertools import pairwise
from typing import TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, SENTENCE, Form, said
from tests.injector.trouble.scripted import Scripted, error

Endpoint: TypeAlias = Callable[..., Awaitable[str]]


def gaps(side: Scripted) -> list[float]:
    """Return the seconds between the turns that reached the model's side."""
    return [after.at - before.at for before, after in pairwise(side.turns)]


async def test_each_wait_is_longer_than_the_one_before(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(error(503))
    root = await endpoint(side.base_url, first_byte_timeout=1.0)
    heard = await ask(client, root, CHAT)
    assert said(CHAT, heard.body) == SENTENCE
    # 50, 100, 200, 400 ms, with a little jitter. A busy machine can only make them longer.
    least = [0.03, 0.06, 0.12, 0.24, 0.48]
    assert all(gap >= bound for gap, bound in zip(gaps(side), least, strict=False))
    assert 3 <= len(side.turns) <= 6


PATIENCE = {
    "Retry-After": ({"Retry-After": "1"}, 1.0),
    "retry-after-ms": ({"retry-after-ms": "300"}, 0.3),
    "a fraction of a second": ({"Retry-After": "0.4"}, 0.4),
    "both, of which the milliseconds count": (
        {"Retry-After": "60", "retry-after-ms": "300"},
        0.3,
    ),
    "zero": ({"Retry-After": "0"}, 0.0),
    "a time that has passed": ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    "no time": ({"Retry-After": "soon"}, 0.0),
    "less than nothing": ({"Retry-After": "-5", "retry-after-ms": "-1"}, 0.0),
}


@pytest.mark.parametrize(("headers", "least"), PATIENCE.values(), ids=PATIENCE.keys())
async def test_the_next_attempt_comes_not_earlier_than_was_asked(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    headers: dict[str, str],
    least: float,
) -> None:
    side = await model(error(429, headers=headers), CHAT.good())
    root = await endpoint(side.base_url, first_byte_timeout=3.0)
    heard = await ask(client, root, CHAT)
    assert (heard.status, heard.body, len(side.turns)) == (200, CHAT.spoken, 2)
    assert gaps(side)[0] >= least


async def test_the_next_attempt_comes_not_before_the_date_that_was_told(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    date = int(time.time()) + 2  # a date has no fractions: between one and two seconds from now
    told = {"Retry-After": formatdate(date, usegmt=True)}
    side = await model(error(429, headers=told), CHAT.good())
    root = await endpoint(side.base_url, first_byte_timeout=5.0)
    heard = await ask(client, root, CHAT)
    assert (heard.body, len(side.turns)) == (CHAT.spoken, 2)
    # Clocks of different kinds: a hundredth may lie between them.
    assert gaps(side)[0] >= 0.9


HOPELESS = {
    "Retry-After": {"Retry-After": "60"},
    "retry-after-ms": {"retry-after-ms": "60000"},
    "a date": {"Retry-After": formatdate(4_000_000_000, usegmt=True)},
    "more digits than a number has": {"Retry-After": "9" * 400},
}


@pytest.mark.parametrize("headers", HOPELESS.values(), ids=HOPELESS.keys())
async def test_a_wait_that_is_longer_than_the_time_left_is_not_begun(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    side = await model(error(429, headers=headers))
    heard = await ask(client, await endpoint(side.base_url, first_byte_timeout=4.0), CHAT)
    assert said(CHAT, heard.body) == SENTENCE
    assert len(side.turns) == 1
    assert heard.took < 2


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_what_no_attempt_can_mend_is_told_at_once(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    side = await model(error(401, "Incorrect API key provided: sk-a-secret-key."))
    heard = await ask(client, await endpoint(side.base_url, first_byte_timeout=4.0), form)
    assert said(form, heard.body) == SENTENCE
    assert "401" in (heard.fallback or "")
    assert "sk-a-secret-key" not in (heard.fallback or "") + str(heard.headers)
    assert b"sk-a-secret-key" not in heard.body
    assert (len(side.turns), heard.took < 2) == (1, True)
