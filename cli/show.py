"""`sightline show`: recordings as a person reads them."""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import ConfigFile, Files, configuration, recordings
from contract.errors import UsageError
from contract.readable import readable

if TYPE_CHECKING:
    from capture.show.choosing import Choice
    from cli.views import View
    from contract.exchange import Exchange

_PAUSE = 0.2  # seconds between two looks at a recording that grows


def show(
    files: Files,
    line: Annotated[bool, typer.Option("--line", help="One line for each exchange.")] = False,
    talk: Annotated[
        bool, typer.Option("--talk", help="Conversations: who said what, turn by turn.")
    ] = False,
    session: Annotated[
        str | None, typer.Option(metavar="N|ID", help="One conversation, by its number or ID.")
    ] = None,
    path: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Text in the path; with * or ? all of it.")
    ] = None,
    status: Annotated[
        str | None, typer.Option(metavar="STATUS", help="500, 4xx, 200-299, none, cut (short).")
    ] = None,
    grep: Annotated[
        str | None, typer.Option(metavar="REGEX", help="Anywhere in it; hits are marked.")
    ] = None,
    last: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="The last N of them.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on as the recording grows; Ctrl-C ends.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Show recorded exchanges; what could be a conversation ID is marked with its field path.

    Without --line or --talk, everything is shown. Filters combine; commas stand between statuses.
    Conversations are numbered as in --line; an ID is what is marked, or what the configured field
    paths read.
    """
    from capture.show.choosing import Choice, pattern, status_test

    if line and talk:
        raise UsageError("--line and --talk are two views: name one of them")
    choice = Choice(
        session,
        path,
        status_test(status) if status is not None else None,
        pattern(grep) if grep is not None else None,
        last or 0,
        configuration(config).conversation_id,
    )
    view = _view(choice, line=line, talk=talk)
    if follow:
        _follow(files, choice, view)
    else:
        _show(files, choice, view)


def _view(choice: "Choice", *, line: bool, talk: bool) -> "View":
    from capture.show.screen import Screen
    from cli import views

    screen = Screen()
    if line:
        return views.Lines(screen, choice.hits, choice.paths)
    if talk:
        return views.Talk(screen, choice.hits, choice.paths)
    return views.Whole(screen, choice.hits)


def _show(files: list[Path], choice: "Choice", view: "View") -> None:
    from capture.sessions import sessions
    from capture.show.choosing import check_session, with_sessions

    exchanges = [it for recording in recordings(files) for it in recording.exchanges]
    found = sessions(exchanges)
    every = with_sessions(exchanges, found)
    check_session(choice, every)
    chosen = choice.of(every)
    if every and not chosen:
        typer.echo(f"sightline: none of {len(every)} exchanges fits", err=True)
    view.show(chosen, every, found)


def _follow(files: list[Path], choice: "Choice", view: "View") -> None:
    """Show a recording and what comes to it, until Ctrl-C."""
    from capture.sessions import sessions
    from capture.show.choosing import with_sessions
    from capture.show.following import follow

    if len(files) != 1:
        raise UsageError(f"--follow takes one recording, and here are {len(files)}")
    if not files[0].exists():
        typer.echo(f"sightline: waiting for {readable(str(files[0]))}", err=True)
    exchanges: list[Exchange] = []
    for new, problems in follow(files[0], lambda: time.sleep(_PAUSE)):
        for problem in problems:
            typer.echo(f"sightline: {readable(problem)}", err=True)
        if new:
            exchanges += new
            found = sessions(exchanges)
            every = with_sessions(exchanges, found)
            view.show(choice.of(every[-len(new) :]), every, found)
            choice = replace(choice, last=0)
