"""`sightline check`: the configuration in force, and whether what it names answers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from cli.options import ConfigFile, configuration
from contract.config import Config, Injector, show
from contract.errors import SightlineError

_TIMEOUT = 10.0  # seconds that the model's side gets to answer


def check(
    config: ConfigFile = None,
    live: Annotated[
        bool, typer.Option("--live", help="Ask the model's side and the store too.")
    ] = False,
) -> None:
    """Show the configuration in force, secrets masked; with --live, try what it names.

    Exit status: 0 good, 1 a check failed, 2 the configuration has problems.
    """
    settings = configuration(config)
    typer.echo(show(settings))
    if not live:
        return
    checks: tuple[tuple[str, Callable[[Config], Awaitable[str]]], ...] = (
        ("bearer", _bearer),
        ("key and model", _model),
        ("store", _store),
    )
    good = [asyncio.run(_report(name, test(settings))) for name, test in checks]
    raise typer.Exit(0 if all(good) else 1)


async def _report(name: str, answer: Awaitable[str]) -> bool:
    try:
        typer.echo(f"ok      {name}: {await answer}")
    except SightlineError as error:
        typer.echo(f"failed  {name}: {error}")
        return False
    return True


async def _bearer(config: Config) -> str:
    config.injector.require_bearer()
    if config.injector.bearer:
        return "set"
    return f"not set, and not needed: {config.injector.listen} is reached from this machine only"


async def _model(config: Config) -> str:
    """Ask for the model through the official client, as the endpoint's users would."""
    import openai

    upstream = config.injector.upstream
    async with openai.AsyncOpenAI(
        api_key=upstream.api_key or "none",
        base_url=upstream.base_url,
        timeout=_TIMEOUT,
        max_retries=0,
    ) as client:
        try:
            if upstream.model is None:
                await client.models.list()
                return f"{upstream.base_url} answers; the request names the model"
            found = await client.models.retrieve(upstream.model)
        except openai.OpenAIError as error:
            raise _failed(config.injector, error) from error
    ends = getattr(found, "shutdown_date", None)
    return f"{upstream.base_url} has {found.id}" + (f", until {ends}" if ends else "")


def _failed(injector: Injector, error: Exception) -> SightlineError:
    cause = f" ({error.__cause__})" if error.__cause__ else ""
    return SightlineError(f"{injector.upstream.base_url}: {error}{cause}")


async def _store(config: Config) -> str:
    from injector.store import open_store

    images = config.injector.images
    store = open_store(images)
    try:
        await store.ping()
    finally:
        await store.close()
    return f"{images.store} answers"
