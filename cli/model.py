"""`sightline model`: the stand-in vision model on its own."""

from typing import Annotated

import typer

from cli import service
from cli.options import address
from contract.config import Address

DEFAULT = Address("127.0.0.1", 8001)


def model(
    listen: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where to listen.")] = str(
        DEFAULT
    ),
    first_chunk_delay: Annotated[
        float, typer.Option(min=0, help="Seconds of thinking before the answer begins.")
    ] = 0.0,
    chunk_delay: Annotated[float, typer.Option(min=0, help="Seconds between its words.")] = 0.0,
    api_key: Annotated[str | None, typer.Option(help="Refuse everybody else's bearer.")] = None,
) -> None:
    """Serve a stand-in for a vision model: OpenAI-compatible, and it really looks at pictures.

    It is no model: it tells how many pictures it was given, their type and size, and the main
    colour of each quarter. That is enough to prove which picture arrived.
    """
    from rehearsal.model import create_app

    service.run(
        lambda: create_app(
            first_chunk_delay=first_chunk_delay, chunk_delay=chunk_delay, api_key=api_key
        ),
        address(listen, DEFAULT),
        "sightline model",
    )
