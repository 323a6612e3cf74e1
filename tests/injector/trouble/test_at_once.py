"""Many turns at once: each gets its own whole answer, and nobody sees what another shared."""

import asyncio
import base64
import hashlib
import io
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import aiohttp
import pytest
from PIL import Image

from injector.shared import Anchor
from injector.store import Limits
from injector.store.memory import MemoryStore
from tests.injector.trouble.asking import ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, RESPONSES, Form, pictures, said
from tests.injector.trouble.scripted import Act, Sent, Step, Then, error, raw, stream

Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Share: TypeAlias = Callable[..., Awaitable[str]]

LEVELS = (20, 90, 160, 230)
CONVERSATIONS = 50
TURNS = 3
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


@forms
async def test_the_same_turn_three_times_is_asked_three_times(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    side = await model(form.good(pause=0.02))
    root = await endpoint(side.base_url)
    answers = await asyncio.gather(*(ask(client, root, form) for _ in range(3)))
    assert [(heard.body, heard.broke) for heard in answers] == [(form.spoken, False)] * 3
    assert len(side.turns) == 3
    assert len({sent.connection for sent in side.turns}) == 3


async def test_of_three_at_once_one_that_fails_harms_no_other(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(CHAT.good(pause=0.02), error(503), CHAT.good(pause=0.02))
    root = await endpoint(side.base_url)
    answers = await asyncio.gather(*(ask(client, root, CHAT) for _ in range(3)))
    assert [heard.body for heard in answers] == [CHAT.spoken] * 3
    assert len(side.turns) == 4


def colours(number: int) -> tuple[int, int, int]:
    return LEVELS[number // 16], LEVELS[number // 4 % 4], LEVELS[number % 4]


def coloured(number: int) -> bytes:
    """Return the picture of a conversation: its number as a colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), colours(number)).save(buffer, "PNG")
    return buffer.getvalue()


def seen(uri: str) -> str:
    """Say whose picture this is, and which bytes it has."""
    data = base64.b64decode(uri.partition(",")[2])
    with Image.open(io.BytesIO(data)) as picture:
        pixel: Any = picture.convert("RGB").getpixel((16, 16))
    near = [min(range(4), key=lambda one: abs(LEVELS[one] - part)) for part in pixel]
    number = near[0] * 16 + near[1] * 4 + near[2]
    return f"picture {number} with {hashlib.sha256(data).hexdigest()}; "


class Seer:
    """A model that says slowly what it sees, and that fails now and then."""

    def __init__(self) -> None:
        self.count = 0
        self._chance = random.Random(4)

    def __call__(self, sent: Sent) -> Act:
        self.count += 1
        if self.count % 11 == 5:
            return self._chance.choice([raw(then=Then.RESET), error(503), stream(b": hm\n\n")])
        form = CHAT if sent.path.endswith("/chat/completions") else RESPONSES
        asked = sent.body[form.asked][-1]["content"]
        text = asked if isinstance(asked, str) else asked[0]["text"]
        saw = "".join(map(seen, pictures(sent.body)))
        return self._slowly(form, f"{text}: {saw or 'no picture; '}")

    def _slowly(self, form: Form, text: str) -> Act:
        steps: list[Step] = [form.opening]
        for at in range(0, len(text), 20):
            steps += [form.word(text[at : at + 20]), self._chance.random() / 100]
        return stream(*steps, form.ending)


@pytest.mark.parametrize("store", ["memory:", "sqlite:{}/x.db"], ids=["memory", "sqlite"])
async def test_fifty_conversations_see_their_own_picture_and_no_other(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    tmp_path: Any,
    store: str,
) -> None:
    side, seer = await model(), Seer()
    side.play_by(seer)
    root = await endpoint(
        side.base_url,
        store=store.format(tmp_path),
        first_byte_timeout=8.0,
        says={"failed": None},
        browser={"uploads": 0, "associations": 0},
    )
    digests: dict[int, set[str]] = defaultdict(set)

    async def hold(number: int) -> None:
        shares = number < CONVERSATIONS  # the others talk as well, and have nothing to show
        if shares:
            await share(root, coloured(number), f"conv_{number}")
        for turn in range(TURNS):
            form = FORMS[(number + turn) % 2]
            body = form.turn(text=f"I am {number}")
            heard = await ask(client, root, form, body, conversation=f"conv_{number}")
            who, _, what = said(form, heard.body).partition(": ")
            assert (who, heard.broke) == (f"I am {number}", False)
            assert heard.context == ("attached;n=1" if shares else "no-image")
            if shares:
                assert what.startswith(f"picture {number} with ")
                assert what.count("picture") == 1
                digests[number].add(what)
            else:
                assert what == "no picture; "

    await asyncio.gather(*map(hold, range(CONVERSATIONS + 10)))
    assert len(digests) == CONVERSATIONS
    assert all(len(one) == 1 for one in digests.values())
    assert len(set.union(*digests.values())) == CONVERSATIONS
    assert len(side.turns) > (CONVERSATIONS + 10) * TURNS


class Hanging:
    """A store that never answers, whatever it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __getattr__(self, name: str) -> Callable[..., Awaitable[None]]:
        async def hang(*_: object, **__: object) -> None:
            self.asked += 1
            await asyncio.sleep(30)

        return hang


class Failing(Hanging):
    """A store that fails, whatever it is asked."""

    def __getattr__(self, name: str) -> Callable[..., Awaitable[None]]:
        async def fail(*_: object, **__: object) -> None:
            self.asked += 1
            raise OSError("the disk is gone")

        return fail


@pytest.mark.parametrize("keeps", [Hanging, Failing], ids=["hangs", "fails"])
@forms
async def test_a_store_that_is_broken_costs_ten_turns_their_picture_and_nothing_else(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    keeps: Callable[[], Hanging],
    form: Form,
) -> None:
    side, store = await model(form.good()), keeps()
    root = await endpoint(side.base_url, keeps=store)
    turns = [ask(client, root, form, conversation=f"conv_{n}") for n in range(10)]
    answers = await asyncio.gather(*turns)
    assert [heard.body for heard in answers] == [form.spoken] * 10
    assert {heard.context for heard in answers} == {"store-error"}
    assert all(pictures(sent.body) == [] for sent in side.turns)
    assert store.asked >= 10
    # Each waits on its own, not one after the other: that would be five seconds.
    assert max(heard.took for heard in answers) < 2.5


async def test_a_store_that_hangs_takes_its_time_from_the_budget(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(raw(then=Then.STALL))
    root = await endpoint(side.base_url, keeps=Hanging(), first_byte_timeout=0.8)
    heard = await ask(client, root, CHAT)
    assert heard.fallback
    assert heard.context == "store-error"
    assert heard.took < 1.25  # a budget that began after the store would be over after 1.3


class NeverKeeps(MemoryStore):
    """A store that answers, and hangs where it is told something."""

    async def anchor(self, _: str, __: Mapping[str, Anchor]) -> None:
        await asyncio.sleep(30)


async def test_places_that_cannot_be_kept_do_not_pile_up(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("injector.serving.ANCHOR_TIMEOUT", 0.1)
    side = await model(CHAT.good())
    images = {"placement": "anchored"}
    root = await endpoint(side.base_url, keeps=NeverKeeps(Limits()), images=images)
    await share(root, coloured(1), "conv_1")
    before = len(asyncio.all_tasks())
    for _ in range(10):
        heard = await ask(client, root, CHAT, conversation="conv_1")
        assert (heard.body, heard.context) == (CHAT.spoken, "attached;n=1")
    await asyncio.sleep(0.3)
    assert len(asyncio.all_tasks()) < before + 8
