"""`sightline rehearse`: the stand-in voice platform on its own."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.padding import Padding
from rich.text import Text

from capture.show.console import Screen
from capture.show.payload import readable
from cli.options import check_reachable, picture_bytes, web_address
from rehearsal.api import Api
from rehearsal.call import Conversation, Turn
from rehearsal.guest import share
from rehearsal.payload import Agent, Placement, new_conversation_id
from rehearsal.platform import hold
from rehearsal.script import CALLERS, lines


def rehearse(
    endpoint: Annotated[
        str, typer.Option(metavar="URL", help="The custom LLM endpoint, as in http://HOST/v1.")
    ] = "http://127.0.0.1:8080/v1",
    id_in: Annotated[
        Placement,
        typer.Option(
            "--id-in",
            metavar="PLACE",
            help="Where the conversation ID is: header, prompt, extra_body or nowhere.",
        ),
    ] = Placement.HEADER,
    api: Annotated[
        Api,
        typer.Option(metavar="API", help="How the agent asks: chat_completions or responses."),
    ] = Api.CHAT,
    conversations: Annotated[int, typer.Option(min=1, help="How many at the same time.")] = 2,
    image: Annotated[
        list[Path] | None,
        typer.Option(help="Share this picture; several go to the conversations in turn."),
    ] = None,
    secret: Annotated[str | None, typer.Option(help="The bearer that the platform sends.")] = None,
) -> None:
    """Hold conversations with an endpoint as ElevenLabs Agents would, without any account.

    Exit status: 0 all conversations came to their end, 1 a call died.
    """
    endpoint = web_address(endpoint, "--endpoint")
    for path in image or []:
        picture_bytes(path)  # find out before anybody calls
    check_reachable(endpoint, "--endpoint")
    agent = Agent(placement=id_in, api=api, secret=secret)
    held = asyncio.run(_hold_all(endpoint, agent, conversations, image or []))
    for conversation in held:
        if conversation.ended:
            typer.echo(f"{conversation.id}: {conversation.ended}", err=True)
    raise typer.Exit(1 if any(conversation.ended for conversation in held) else 0)


async def _hold_all(
    endpoint: str, agent: Agent, count: int, pictures: Sequence[Path]
) -> list[Conversation]:
    screen = Screen()
    at = urlsplit(endpoint)
    root = f"{at.scheme}://{at.netloc}"

    async def one(number: int) -> Conversation:
        identity, name = new_conversation_id(), CALLERS[number % len(CALLERS)]
        photo = pictures[number % len(pictures)] if pictures else None
        if photo:
            await share(root, picture_bytes(photo), identity, filename=photo.name)
        shown = f"  shares {photo.name}" if photo else ""
        screen.print(Text.assemble((f"{name:<6}", "bold"), f" {identity}{shown}"))
        return await hold(
            endpoint,
            agent,
            lines(name),
            conversation_id=identity,
            on_turn=lambda turn: print_turn(screen, name, turn),
        )

    return list(await asyncio.gather(*(one(number) for number in range(count))))


def print_turn(screen: Screen, name: str, turn: Turn) -> None:
    """Print what was said in a turn, and what was answered and how."""
    note = [turn.context or "", f"{turn.first_content * 1000:.0f} ms"]
    note += [f"called {turn.tool}"] if turn.tool else []
    note += ["sent again while it was answered"] if turn.speculative else []
    answer = Text.assemble("→ ", (f"[{', '.join(filter(None, note))}] ", "dim"))
    if turn.fallback:
        answer.append(f"the endpoint spoke for the model ({readable(turn.fallback)}): ", "red")
    screen.print(Text.assemble((f"{name:<6} ", "bold"), turn.said))
    screen.print(Padding(answer.append(readable(turn.answer)), (0, 0, 0, 7), expand=False))
