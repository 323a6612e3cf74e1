"""Everything at once, at random, on the loop on which the endpoint runs: nobody hears another.

Sixty conversations with pictures of their own talk through few connections to a model that does
whatever a model can do; their clients leave when they like. The model repeats the word and the
picture of each turn, so whatever arrives tells whose it is.
"""

import asyncio
import base64
import hashlib
import io
import json
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import uvloop
from aiohttp import web
from PIL import Image

from contract.config import Browser, Config, Images, Injector, Upstream
from contract.config.places import Store as Place
from contract.fieldpath import parse
from injector.app import create_app
from tests.injector.trouble.asking import ask
from tests.injector.trouble.forms import CHAT, FORMS, RESPONSES, SENTENCE, Form, pictures, said
from tests.injector.trouble.scripted import (
    Act,
    Scripted,
    Sent,
    Step,
    Then,
    error,
    head,
    raw,
    stream,
)

CONVERSATIONS = 60
LONG = 300_000  # bytes of an answer that makes the endpoint tell the model to wait
WORD = 16  # hexadecimal digits of a turn's own word


class Moody(Scripted):
    """A model's side that does whatever comes to its mind, by chance."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.acts: Counter[str] = Counter()
        self.play_by(self._choose)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        mood = self._chance.random()
        if mood < 0.05:
            self.acts["closes while idle"] += 1
            await asyncio.sleep(self._chance.random() / 20)
            return False
        if mood < 0.1:
            self.acts["answers early"] += 1
            return await self._early(reader, writer)
        try:
            return await super()._exchange(reader, writer)
        except RuntimeError:  # so uvloop says that the client has left meanwhile
            return False

    async def _early(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        asked = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = int(asked.partition(b"content-length:")[2].split(b"\r\n")[0] or b"0")
        step = error(503, headers={"retry-after-ms": "1"}).steps[0]
        assert isinstance(step, bytes)
        writer.write(step)
        if self._chance.random() < 0.5:
            return False
        await reader.readexactly(size)
        return True

    def _choose(self, sent: Sent) -> Act:
        self.turns.clear()  # a soak must not keep what it was sent
        form = CHAT if sent.path.endswith("/chat/completions") else RESPONSES
        asked = sent.body[form.asked][-1]["content"]
        word = asked if isinstance(asked, str) else asked[0]["text"]
        saw = ",".join(hashlib.sha256(one.encode()).hexdigest() for one in pictures(sent.body))
        told = f"{word} {saw or 'nothing'} "
        if not sent.body.get("stream"):
            return self._whole(form, told)
        names, weights = zip(*self._moods().items(), strict=True)
        name = self._chance.choices(names, weights)[0]
        self.acts[name] += 1
        return self._act(name, form, told)

    @staticmethod
    def _moods() -> dict[str, int]:
        return {
            "good": 30,
            "slow": 10,
            "long": 6,
            "at once": 10,
            "closes after": 5,
            "resets after": 3,
            "says close": 3,
            "ends with the connection": 3,
            "breaks before": 4,
            "breaks inside": 5,
            "stalls before": 1,
            "stalls inside": 2,
            "503": 4,
            "400": 2,
            "error event": 2,
            "empty": 2,
            "no http": 1,
            "says more": 3,
            "interim": 3,
        }

    def _act(self, name: str, form: Form, told: str) -> Act:
        words = [form.word(told[at : at + 9]) for at in range(0, len(told), 9)]
        body = b"".join([form.opening, *words, form.ending])
        sized = head(200, {"Content-Type": "text/event-stream", "Content-Length": str(len(body))})
        match name:
            case "good":
                return stream(form.opening, *words, form.ending)
            case "slow":
                slow: list[Step] = []
                for one in words:
                    slow += [one, self._chance.random() / 50]
                return stream(form.opening, *slow, form.ending)
            case "long":
                return stream(form.opening, *words, form.word("x" * LONG), form.ending)
            case "at once":
                return raw(sized + body, then=Then.KEEP)
            case "closes after":
                return stream(form.opening, *words, form.ending, then=Then.CLOSE)
            case "resets after":
                return stream(form.opening, *words, form.ending, then=Then.RESET)
            case "says close":
                closing = {"Connection": "close"}
                return stream(form.opening, *words, form.ending, headers=closing, then=Then.CLOSE)
            case "ends with the connection":
                return raw(head(200, {"Content-Type": "text/event-stream"}), body)
            case "breaks before":
                return raw(then=self._chance.choice([Then.CLOSE, Then.RESET]))
            case "breaks inside":
                some = words[: self._chance.randrange(1, len(words))]
                how = self._chance.choice([Then.CLOSE, Then.RESET])
                return stream(form.opening, *some, ends=False, then=how)
            case "stalls before":
                return raw(then=Then.STALL)
            case "stalls inside":
                return stream(form.opening, *words[:-1], ends=False, then=Then.STALL)
            case "503" | "400":
                return error(int(name))
            case "error event":
                return stream(form.error)
            case "empty":
                return stream(form.nothing)
            case "no http":
                return raw(b"what is this\r\n\r\n")
            case "says more":  # a whole answer that nobody has asked for
                return raw(sized + body + sized + form.word("f" * WORD + " nobody's "))
            case _:
                return raw(head(103, {"Link": "x"}), 0.001, sized + body, then=Then.KEEP)

    def _whole(self, form: Form, told: str) -> Act:
        self.acts["whole"] += 1
        text = json.dumps(form.whole).replace(json.dumps("It is a 🐈.")[1:-1], told)
        data = text.encode()
        told_of = {"Content-Type": "application/json", "Content-Length": str(len(data))}
        return raw(head(200, told_of) + data, then=Then.KEEP)


@dataclass(slots=True)
class Seen:
    """What arrived: outcomes, whose picture each digest is, and what was wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    owners: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def take(self, number: int, word: str, text: str, how: str) -> None:
        """Take what a turn was told, whole or as far as it came."""
        self.counts[how] += 1
        if text == SENTENCE:
            self.counts["sentence"] += 1
            return
        if text[:WORD] != word[: len(text)]:
            self.wrong.append(f"{number} said {word} and heard {text[:99]}")
        who, _, rest = text.partition(" ")
        saw, is_whole, _ = rest.partition(" ")
        if who == word and is_whole:
            self.counts[f"saw {'a picture' if saw != 'nothing' else saw}"] += 1
            if saw != "nothing" and self.owners.setdefault(saw, number) != number:
                self.wrong.append(f"{number} was told of the picture of {self.owners[saw]}")


async def converse(
    number: int, root: str, client: aiohttp.ClientSession, chance: random.Random, seen: Seen
) -> None:
    """Ask one turn, hear it to its end, or leave."""
    form, word = chance.choice(FORMS), secrets.token_hex(WORD // 2)
    streams = chance.random() < 0.9
    body = form.turn(text=word, stream=streams)
    turn = asyncio.ensure_future(ask(client, root, form, body, conversation=f"conv_{number}"))
    if chance.random() < 0.2:
        await asyncio.wait([turn], timeout=chance.random() / 20)
        turn.cancel()
    try:
        heard = await turn
    except asyncio.CancelledError:
        seen.counts["left"] += 1
        return
    except aiohttp.ServerDisconnectedError:
        seen.counts["broken before the head"] += 1
        return
    if heard.status != 200:
        seen.counts[f"{'status' if streams else 'whole'} {heard.status}"] += 1
        return
    if not streams:
        text = heard.body.decode()
        seen.take(number, word, text[max(0, text.find(word)) :].partition('"')[0], "whole")
        return
    done = "broken" if heard.broke else "streamed"
    seen.take(number, word, said(form, whole_events(heard.body)), done)


def whole_events(body: bytes) -> bytes:
    """Return the events that came whole."""
    return body[: body.rfind(b"\n\n") + 2]


@asynccontextmanager
async def serving(base_url: str, store: str) -> AsyncIterator[str]:
    config = Config(
        conversation_id=(parse("$request.header.x-conversation-id"),),
        injector=Injector(
            upstream=Upstream(base_url=base_url, first_byte_timeout=1.5, idle_timeout=1.0),
            images=Images(store=Place.parse(store), cache=2 << 20),
            browser=Browser(uploads=0, associations=0),
        ),
    )
    runner = web.AppRunner(create_app(config), handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def share(client: aiohttp.ClientSession, root: str, number: int, side: int) -> None:
    picture = Image.frombytes("RGB", (side, side), random.Random(number).randbytes(side * side * 3))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    sent = {"image": base64.b64encode(buffer.getvalue()).decode()}
    async with client.post(f"{root}/upload_image", json=sent) as response:
        one = (await response.json())["temporaryId"]
    body = {"conversationId": f"conv_{number}", "temporaryId": one}
    async with client.post(f"{root}/associate_context", json=body) as response:
        assert response.status == 200


async def soak(store: str, seconds: float, seed: int) -> tuple[Seen, Moody, str]:
    """Talk for so long; return what was seen, what the model did, and how many turns go on."""
    chance, seen, loop = random.Random(seed), Seen(), asyncio.get_running_loop()
    async with Moody(chance) as model, serving(model.base_url, store) as root:
        connector = aiohttp.TCPConnector(limit=0)
        # Few connections for all: each carries turns of many conversations, one after another.
        async with aiohttp.ClientSession(
            connector=connector, timeout=aiohttp.ClientTimeout(total=10)
        ) as client:
            for number in range(CONVERSATIONS):
                await share(client, root, number, chance.choice([16, 64, 200]))
            until = loop.time() + seconds

            async def talk(number: int) -> None:
                while loop.time() < until:
                    await converse(number, root, client, chance, seen)
                    await asyncio.sleep(chance.random() / 20)

            await asyncio.gather(*map(talk, range(CONVERSATIONS)))
            async with client.get(f"{root}/metrics") as response:
                live = (await response.text()).partition("\nsightline_live_streams ")[2][:3]
    return seen, model, live


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_nobody_hears_another_whatever_happens(kind: str, tmp_path: Path) -> None:
    store = "memory:" if kind == "memory" else f"sqlite:{tmp_path}/x.db"
    seen, model, live = uvloop.run(soak(store, 2.0, seed=7))
    assert seen.wrong == []
    assert seen.counts["saw a picture"] > CONVERSATIONS
    assert len(seen.owners) > CONVERSATIONS // 2
    assert len(model.acts) > 10
    assert not {how for how in seen.counts if how.startswith("status ")}
    assert live == "0.0"
