"""`sightline images`: what the store holds, for whoever runs the endpoint.

The configured store is opened here, beside the endpoints that use it. No pixel is ever shown.
"""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.options import ConfigFile, configuration
from contract.config import Config
from contract.errors import ServiceError, StoreFailed, UsageError
from contract.readable import readable_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from injector.store import Store

Answer = TypeVar("Answer")

_Id = Annotated[
    str, typer.Argument(metavar="ID", help="The conversation's ID, whole, as list shows it.")
]
_AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]

app = typer.Typer(no_args_is_help=True)


@app.callback()
def images() -> None:
    """List, show and forget the pictures that the store holds."""


@app.command("list")
def list_images(config: ConfigFile = None, as_json: _AsJson = False) -> None:
    """List the conversations that have pictures, and tell what waits for one.

    Nothing is kept any longer by looking. Exit status: 0 good, 2 the store cannot be asked.
    """
    from cli import inventory

    settings = configuration(config)
    overview = _ask(settings, lambda store: store.overview())
    name = str(settings.injector.images.store)
    if as_json:
        _print_json(inventory.as_json(overview, name))
    else:
        inventory.print_overview(overview, name)


@app.command("show")
def show_images(conversation_id: _Id, config: ConfigFile = None, as_json: _AsJson = False) -> None:
    """Show what a conversation has: types, sizes, tokens and descriptions; no pixels.

    Exit status: 0 it has something, 1 it has nothing, 2 the store cannot be asked.
    """
    from cli import inventory
    from injector.sharing import told

    settings = configuration(config)
    context = _ask(settings, lambda store: store.context(conversation_id, renew=False))
    if as_json:
        _print_json(told.context(conversation_id, context, told.looking(settings.injector)))
    elif context.pictures or context.awaited:
        inventory.print_context(conversation_id, context, settings.injector)
    else:
        _print_nothing(conversation_id)
    raise typer.Exit(0 if context.pictures or context.awaited else 1)


@app.command("forget")
def forget_images(conversation_id: _Id, config: ConfigFile = None) -> None:
    """Forget a conversation at once: its pictures, its uploads, and its token.

    A picture that another conversation has too stays there. Exit status: 0 it is forgotten, 1 there
    was nothing, 2 the store cannot be asked.
    """
    from cli import inventory

    async def forgotten(store: "Store") -> tuple[int, int]:
        context = await store.context(conversation_id, renew=False)
        size = sum(shared.picture.size for shared in context.pictures)
        return await store.forget(conversation_id), size

    count, size = _ask(configuration(config), forgotten)
    if not count:
        _print_nothing(conversation_id)
        raise typer.Exit(1)
    what = inventory.pictures(count, size)
    typer.echo(f"forgotten: {what}, of conversation {readable_line(conversation_id)}")
    typer.echo("An endpoint that is running lets go of its copy in memory within two minutes.")


def _print_nothing(conversation_id: str) -> None:
    typer.echo(f"conversation {readable_line(conversation_id)} has no picture")


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _ask(config: Config, question: "Callable[[Store], Awaitable[Answer]]") -> Answer:
    """Return what the configured store answers.

    Raises:
        UsageError: only the endpoint itself can ask it, or there is none.
        ServiceError: it fails.
    """
    from injector.store import open_store

    _check_there(config)

    async def asked() -> Answer:
        store = open_store(config.injector.images)
        try:
            return await question(store)
        finally:
            await store.close()

    try:
        return asyncio.run(asked())
    except StoreFailed as error:
        raise ServiceError(str(error)) from error


def _check_there(config: Config) -> None:
    """Refuse what only the endpoint can tell, and do not make a store by looking for one."""
    place = config.injector.images.store
    if place.kind == "memory":
        raise UsageError(
            "injector.images.store is memory: the pictures are in the endpoint's own memory, and "
            "only it can tell or forget them: curl -X DELETE -H 'Authorization: Bearer …' "
            f"http://{config.injector.listen}/context/ID"
        )
    if place.kind == "sqlite" and not Path(place.location).exists():
        raise UsageError(
            f"there is no file {place.location} (injector.images.store): name the configuration "
            "of the endpoint with --config, or start `sightline serve` first"
        )
