"""`sightline rehearse`: the stand-in voice platform on its own."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.text import Text

from capture.payload import readable
from cli.options import picture_bytes
from rehearsal.guest import share
from rehearsal.payload import Agent, Placement, new_conversation_id
from rehearsal.platform import Conversation, Turn, hold


def rehearse(
    endpoint: Annotated[
        str, typer.Option(metavar="URL", help="The custom LLM endpoint, as in http://HOST/v1.")
    ] = "http://127.0.0.1:8080/v1",
    id_in: Annotated[
        Placement, typer.Option("--id-in", help="Where the conversation ID is.")
    ] = Placement.HEADER,
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
    pictures = [picture_bytes(path) for path in image or []]
    agent = Agent(placement=id_in, secret=secret)
    held = asyncio.run(_hold_all(endpoint, agent, conversations, pictures))
    for conversation in held:
        if conversation.ended:
            typer.echo(f"{conversation.id}: {conversation.ended}", err=True)
    raise typer.Exit(1 if any(conversation.ended for conversation in held) else 0)


async def _hold_all(
    endpoint: str, agent: Agent, count: int, pictures: Sequence[bytes]
) -> list[Conversation]:
    screen = Console(highlight=False, markup=False, emoji=False)
    at = urlsplit(endpoint)
    root = f"{at.scheme}://{at.netloc}"

    async def one(number: int) -> Conversation:
        identity = new_conversation_id()
        if pictures:
            await share(root, pictures[number % len(pictures)], identity)
        return await hold(
            endpoint,
            agent,
            conversation_id=identity,
            on_turn=lambda turn: print_turn(screen, identity, turn),
        )

    return list(await asyncio.gather(*(one(number) for number in range(count))))


def print_turn(screen: Console, identity: str, turn: Turn) -> None:
    """Print what was said in a turn and what was answered."""
    screen.print(Text.assemble((f"{identity}  ", "dim"), ("person  ", "bold"), turn.said))
    note = [f"first content after {turn.first_content * 1000:.0f} ms"]
    note += [f"context {turn.context}"] if turn.context else []
    note += [f"called {turn.tool}"] if turn.tool else []
    note += [f"sent {turn.requests} times"] if turn.speculative else []
    screen.print(
        Text.assemble((f"{identity}  ", "dim"), ("agent   ", "bold"), readable(turn.answer))
    )
    screen.print(Text(f"{identity}          ({readable(', '.join(note))})", "dim"))
