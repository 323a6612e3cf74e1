"""`sightline rehearse --listen` as a person runs it: a process, and what it prints."""

import asyncio
from contextlib import AsyncExitStack
from io import StringIO
from pathlib import Path
from typing import NoReturn

import aiohttp

from capture.show.console import Screen
from cli.hosting import Printed
from rehearsal.call import Turn
from tests.cli.conftest import Service
from tests.rehearsal.convai.clients import TEXT_ONLY, Client
from tests.rehearsal.convai.sounds import silence, voice

RATE = 16_000


async def test_conversations_are_held_and_printed_until_it_is_told_to_stop(
    service: Service, tmp_path: Path
) -> None:
    (tmp_path / "script.txt").write_text("\ufeffWhat is it?\n\n  And now?  \n", encoding="utf-8")
    any_port = ("--listen", "127.0.0.1:0")
    script = ("--script", str(tmp_path / "script.txt"))
    async with (
        service("model", *any_port) as model,
        service("serve", *any_port, "--upstream", f"{model}/v1") as serve,
        aiohttp.ClientSession() as http,
    ):
        endpoint = ("--endpoint", f"{serve}/v1", "--id-in", "nowhere")
        stack = AsyncExitStack()
        platform = await stack.enter_async_context(
            service("rehearse", *any_port, *endpoint, *script)
        )
        url = f"{platform}/v1/convai/conversation?agent_id=rehearsal"
        async with http.ws_connect(url) as socket:
            client = Client(socket)
            await client.open(TEXT_ONLY)
            await client.answer()
            await client.say("Hello \x1b[2J there")
            assert "Stand-in model" in await client.answer()
        async with http.ws_connect(url) as socket:
            spoken = Client(socket)
            await spoken.open({})
            await spoken.sound(voice(0.8, RATE) + silence(1.0, RATE))
            said = await spoken.until("user_transcript")
            assert said["user_transcript"] == "What is it?"
            await spoken.answer()
            stopping = asyncio.create_task(stack.aclose())
            assert await spoken.closed() == (1001, "The rehearsal is stopped")
            await stopping
    printed = (tmp_path / "rehearse.log").read_text(encoding="utf-8")
    assert "This is a rehearsal, not ElevenLabs" in printed
    assert f"call 1 {client.id}  agent rehearsal, text\n" in printed
    assert r"call 1 Hello \u001b[2J there" in printed
    assert "→ [no-conversation-id, " in printed
    assert "call 1 is over (1000)\n" in printed
    assert f"call 2 {spoken.id}  agent rehearsal, voice\n" in printed
    assert "call 2 What is it?" in printed
    assert "call 2 is over (1001): The rehearsal is stopped" in printed
    assert "Traceback" not in printed


def test_what_was_heard_of_an_answer_is_printed() -> None:
    out = StringIO()
    printed = Printed(Screen(file=out, width=100))
    printed.started("conv_1", "strict", is_voice=True)
    printed.turned(
        "conv_1", Turn("Hi\ncall 2 Ho", "Well done.", attempts=1, requests=1, first_content=0.01)
    )
    printed.interrupted("conv_1", "Well")
    printed.unanswered("conv_1", "And \x1b[2J\ncall 2 is over (1000)")
    printed.interrupted("conv_1", "")
    printed.ended("conv_1", None, "")
    assert out.getvalue().splitlines() == [
        "call 1 conv_1  agent strict, voice",
        "call 1 Hi",
        "       call 2 Ho",
        "       → [10 ms] Well done.",
        "call 1 interrupted after: Well",
        r"call 1 And \u001b[2J",
        "       call 2 is over (1000)",
        "call 1 interrupted before its first word",
        "call 1 is over (1006)",
    ]


class Gone(StringIO):
    """Standard output, once its reader has left."""

    def write(self, _: str) -> NoReturn:
        raise BrokenPipeError


def test_conversations_go_on_where_nobody_reads_what_is_printed() -> None:
    printed = Printed(Screen(file=Gone(), width=100))
    printed.started("conv_1", "strict", is_voice=True)
    printed.turned("conv_1", Turn("Hi", "Well.", attempts=1, requests=1, first_content=0.01))
    printed.interrupted("conv_1", "Well")
    printed.ended("conv_1", None, "")
