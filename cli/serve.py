"""`sightline serve`: the endpoint."""

import logging
from dataclasses import replace
from typing import Annotated

import typer

from cli import service
from cli.options import ConfigFile, address, configuration, listen_option, web_address


def serve(
    config: ConfigFile = None,
    listen: Annotated[str | None, listen_option("injector.listen")] = None,
    upstream: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The model's side.", show_default="injector.upstream.base_url"
        ),
    ] = None,
) -> None:
    """Serve the endpoint that a voice platform calls for every turn."""
    from injector.app import create_app

    settings = configuration(config)
    injector = replace(settings.injector, listen=address(listen, settings.injector.listen))
    if upstream is not None:
        side = replace(injector.upstream, base_url=web_address(upstream, "--upstream"))
        injector = replace(injector, upstream=side)
    injector.require_bearer()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    app_config = replace(settings, injector=injector)
    service.run(lambda: create_app(app_config), injector.listen, "sightline serve")
