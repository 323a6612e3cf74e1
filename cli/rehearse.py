"""`sightline rehearse`: the stand-in voice platform on its own."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.text import Text

from capture.show.console import Screen
from cli import hosting
from cli.options import address, check_reachable, picture_bytes, web_address
from cli.talking import print_turn
from contract.config import Address
from contract.config.units import seconds
from contract.errors import ConfigError, UsageError
from contract.readable import readable_line
from rehearsal import script
from rehearsal.api import Api
from rehearsal.call import Conversation
from rehearsal.guest import share
from rehearsal.payload import Agent, Placement, new_conversation_id
from rehearsal.platform import hold

DEFAULT = Address("127.0.0.1", 8002)
_LONGEST_SCRIPT = 1 << 20  # bytes
_CALLS = 2


def rehearse(
    endpoint: Annotated[
        str, typer.Option(metavar="URL", help="The custom LLM endpoint, as in http://HOST/v1.")
    ] = "http://127.0.0.1:8080/v1",
    listen: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help=f"Serve ElevenLabs' client WebSocket there until told to stop, as on {DEFAULT}.",
            show_default="off",
        ),
    ] = None,
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
    secret: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The bearer that the platform sends.")
    ] = None,
    cascade_timeout: Annotated[
        str,
        typer.Option(metavar="TIME", help="Ask again if no content has come by then, 3 times."),
    ] = "4s",
    script_file: Annotated[
        Path | None,
        typer.Option(
            "--script",
            metavar="FILE",
            help="What is said, a line for each turn.",
            show_default="lines of its own",
        ),
    ] = None,
    conversations: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="How many at the same time.", show_default=str(_CALLS)
        ),
    ] = None,
    image: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Share this picture; several go to the conversations in turn."
        ),
    ] = None,
) -> None:
    """Hold conversations with an endpoint as ElevenLabs Agents would, without any account.

    With --listen the official SDKs hold them: the platform's side of their WebSocket is served,
    and speech is taken for the next line of the script. --conversations and --image are not for it.

    Exit status: 0 all conversations came to their end, 1 a call died.
    """
    endpoint = web_address(endpoint, "--endpoint")
    agent = Agent(placement=id_in, api=api, secret=secret)
    timeout = _seconds(cascade_timeout)
    said = None if script_file is None else _lines(script_file)
    if listen is not None:
        if conversations is not None or image:
            raise UsageError("--conversations and --image go without --listen: clients call there")
        hosting.host(address(listen, DEFAULT), endpoint, agent, said or script.LINES, timeout)
        return
    for path in image or []:
        picture_bytes(path)  # find out before anybody calls
    check_reachable(endpoint, "--endpoint")
    held = asyncio.run(
        _hold_all(endpoint, agent, said, conversations or _CALLS, image or [], timeout)
    )
    for conversation in held:
        if conversation.ended:
            typer.echo(f"{conversation.id}: {readable_line(conversation.ended)}", err=True)
    raise typer.Exit(1 if any(conversation.ended for conversation in held) else 0)


async def _hold_all(
    endpoint: str,
    agent: Agent,
    said: Sequence[str] | None,
    count: int,
    pictures: Sequence[Path],
    timeout: float,
) -> list[Conversation]:
    screen = Screen()
    at = urlsplit(endpoint)
    root = f"{at.scheme}://{at.netloc}"

    async def one(number: int) -> Conversation:
        identity, name = new_conversation_id(), script.CALLERS[number % len(script.CALLERS)]
        photo = pictures[number % len(pictures)] if pictures else None
        if photo:
            await share(root, picture_bytes(photo), identity, filename=photo.name)
        shown = f"  shares {photo.name}" if photo else ""
        screen.print(Text.assemble((f"{name:<6}", "bold"), f" {identity}{shown}"))
        return await hold(
            endpoint,
            agent,
            script.lines(name) if said is None else said,
            conversation_id=identity,
            cascade_timeout=timeout,
            on_turn=lambda turn: print_turn(screen, name, turn),
        )

    return list(await asyncio.gather(*(one(number) for number in range(count))))


def _seconds(text: str) -> float:
    try:
        return seconds(text)
    except ConfigError as error:
        raise UsageError(f"--cascade-timeout: {error}") from None


def _lines(path: Path) -> tuple[str, ...]:
    """Return the lines of a script.

    Raises:
        UsageError: it cannot be read, is no text, or says nothing.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST_SCRIPT + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from None
    if len(data) > _LONGEST_SCRIPT:
        raise UsageError(f"{path} is longer than 1 MiB: a script holds a line for each turn")
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no UTF-8 text: a script holds a line for each turn") from None
    said = tuple(line.strip() for line in lines if line.strip())
    if not said:
        raise UsageError(f"{path} holds no line: a script holds a line for each turn")
    return said
