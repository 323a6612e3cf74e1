"""`sightline replay`: recorded sessions against an endpoint, judged."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from capture.show.payload import readable
from cli.options import (
    ConfigFile,
    Files,
    check_reachable,
    configuration,
    picture_bytes,
    recordings,
    web_address,
)
from contract.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from capture.replay import Result
    from capture.sender import Share


def replay(
    files: Files,
    config: ConfigFile = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The endpoint's root.", show_default="injector.listen"),
    ] = None,
    image: Annotated[
        list[Path] | None,
        typer.Option(
            help="Share this picture in each conversation, in the place of those that it has; "
            "several take turns."
        ),
    ] = None,
    speed: Annotated[
        float, typer.Option(min=0, help="Times faster than recorded; 0 leaves no pauses.")
    ] = 0.0,
    concurrency: Annotated[int, typer.Option(min=1, help="Conversations at the same time.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the results as JUnit XML too.")
    ] = None,
) -> None:
    """Send recorded turns to an endpoint again, and judge the answers.

    Exit status: 0 all is well, 1 an answer is not what a voice platform needs, 2 bad input.
    """
    from capture.replay import plan, to_json, to_junit
    from capture.sender import Target, send
    from capture.show.console import Screen

    settings = configuration(config)
    exchanges = [it for recording in recordings(files) for it in recording.exchanges]
    root = web_address(target or f"http://{settings.injector.listen}", "--target")
    to = Target(root, settings.injector.bearer, speed, concurrency)
    pictures = [picture_bytes(path) for path in image or []]
    conversations = plan(exchanges, settings.conversation_id)
    if not conversations:
        raise UsageError(f"there is no turn to replay in {', '.join(map(str, files))}")
    if junit and not os.access(junit.parent, os.W_OK):
        raise UsageError(f"cannot write {junit}: there is no such folder to write to")
    check_reachable(root, "--target")
    share = sharing(root, pictures, to.bearer)
    screen = Screen()
    with progress(screen, sum(len(it.turns) for it in conversations)) as advance:
        results = asyncio.run(send(conversations, to, share, lambda _: advance()))
    if junit:
        junit.write_bytes(to_junit(results))
    if as_json:
        typer.echo(to_json(results))
    else:
        print_results(screen, results, root)
    raise typer.Exit(1 if any(result.problems for result in results) else 0)


def sharing(root: str, pictures: Sequence[bytes], bearer: str) -> "Share | None":
    """Return what gives each conversation a picture, taking turns; None where there are none.

    What an earlier replay has shared in it is forgotten first, where the endpoint allows that: else
    the same recording could be replayed once only, or with that picture too.
    """
    from rehearsal import guest

    if not pictures:
        return None

    async def share(number: int, conversation_id: str) -> int:
        picture = pictures[(number - 1) % len(pictures)]
        await guest.forget(root, conversation_id, bearer=bearer)
        shared = await guest.share(root, picture, conversation_id, bearer=bearer)
        return int(shared["images"])

    return share


@contextmanager
def progress(screen: "Console", total: int) -> Iterator[Callable[[], None]]:
    """Show how many turns have been answered while they are sent, on a terminal."""
    from rich.progress import Progress

    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("replaying", total=total)
        yield lambda: bar.advance(task)


def print_results(screen: "Console", results: "Sequence[Result]", root: str) -> None:
    """Print a line for each turn, and the verdict."""
    screen.print()
    screen.print(Text(_LINE.format(*_HEADINGS), "bold"), no_wrap=True, overflow="ellipsis")
    for result in results:
        screen.print(_line(result), no_wrap=True, overflow="ellipsis")
    for result in results:
        for problem in result.problems:
            screen.print(
                Text(f"call {result.conversation}, turn {result.turn}: {readable(problem)}", "red")
            )
    bad = sum(bool(result.problems) for result in results)
    verdict = Text("bad" if bad else "good", "bold red" if bad else "bold green")
    rest = f"{bad} of {len(results)} turns have problems" if bad else f"all {len(results)} turns"
    screen.print(Text.assemble("\n", verdict, f"  {rest} at {root}; times to the first content"))


_HEADINGS = ("call", "turn", "status", "context", "recorded", "now", "answer")
_LINE = "{:>4}  {:>4}  {:>6}  {:<18}  {:>8}  {:>8}  {}"


def _line(result: "Result") -> Text:
    line = _LINE.format(
        result.conversation,
        result.turn,
        result.status or "none",
        result.context or "",
        _milliseconds(result.before),
        _milliseconds(result.now),
        "",
    )
    text = Text(line, "red" if result.problems else "")
    return text.append_text(_said(result))


def _said(result: "Result") -> Text:
    text = Text(readable(result.said).replace("\n", " "))
    for tool in result.tools:
        text.append(f" calls {readable(tool)}".lstrip(), "magenta")
    return text


def _milliseconds(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} ms"
