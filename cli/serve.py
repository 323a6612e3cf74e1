"""`sightline serve`: the endpoint."""

import logging
from dataclasses import replace
from typing import Annotated

from cli import service
from cli.options import ConfigFile, address, configuration, listen_option


def serve(
    config: ConfigFile = None,
    listen: Annotated[str | None, listen_option("injector.listen")] = None,
) -> None:
    """Serve the endpoint that a voice platform calls for every turn."""
    from injector.app import create_app

    settings = configuration(config)
    at = address(listen, settings.injector.listen)
    settings = replace(settings, injector=replace(settings.injector, listen=at))
    settings.injector.require_bearer()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    service.run(lambda: create_app(settings), at, "sightline serve")
