"""`sightline serve`: the endpoint."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlsplit

import typer

from cli import logs, service
from cli.options import ConfigFile, address, configuration, listen_option, web_address
from contract.config import Address, Injector
from contract.errors import ConfigError

_PORTS = {"http": 80, "https": 443}


def serve(
    config: ConfigFile = None,
    listen: Annotated[str | None, listen_option("injector.listen")] = None,
    upstream: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The model's side.", show_default="injector.upstream.base_url"
        ),
    ] = None,
    log: Annotated[
        logs.Form,
        typer.Option(
            metavar="FORM",
            help="How log lines look: text, json, or auto: text on a terminal, JSON elsewhere.",
        ),
    ] = logs.Form.AUTO,
) -> None:
    """Serve the endpoint that a voice platform calls for every turn."""
    from injector.app import create_app

    settings = configuration(config)
    injector = replace(settings.injector, listen=address(listen, settings.injector.listen))
    if upstream is not None:
        side = replace(injector.upstream, base_url=web_address(upstream, "--upstream"))
        injector = replace(injector, upstream=side)
    injector.require_bearer()
    _check_no_loop(injector)
    logs.set_up(log, secrets=_secrets(injector))
    app_config = replace(settings, injector=injector)
    service.run(lambda: create_app(app_config), injector.listen, "sightline serve")


def _secrets(injector: Injector) -> tuple[str, ...]:
    """Return what no log line may hold."""
    return (
        injector.bearer,
        injector.upstream.api_key,
        injector.browser.ticket_secret,
        injector.webhooks.elevenlabs,
        urlsplit(injector.images.store.location).password or "",
    )


def _check_no_loop(injector: Injector) -> None:
    """Refuse to ask ourselves: each turn would be asked again and again, by us.

    Raises:
        ConfigError: the model's side is at the address at which we listen.
    """
    parts = urlsplit(injector.upstream.base_url)
    port = parts.port or _PORTS[parts.scheme]
    host = parts.hostname or ""
    here = host == injector.listen.host or Address(host, port).is_loopback
    if here and port == injector.listen.port != 0:
        raise ConfigError(
            f"injector.upstream.base_url: {injector.upstream.base_url} is this endpoint's own "
            f"address ({injector.listen}); name the model's side"
        )
