"""`sightline show`: recordings as a person reads them."""

from typing import Annotated

import typer

from cli.options import Files, recordings


def show(
    files: Files,
    line: Annotated[
        bool, typer.Option("--line", help="One line for each exchange instead of everything.")
    ] = False,
) -> None:
    """Show recorded exchanges; what could be a conversation ID is marked with its field path."""
    from capture.console import Screen, render_exchange, render_line

    render = render_line if line else render_exchange
    screen = Screen()
    for recording in recordings(files):
        for number, exchange in enumerate(recording.exchanges, start=1):
            screen.print(render(number, exchange), no_wrap=line, overflow="ellipsis")
