"""Routes that do nothing but ask for admission, over real sockets."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from aiohttp import web

from contract.config import Address, Browser, Config, Injector, Network
from injector.rights.admission import RATES, admit, right_of, right_to_look
from injector.rights.origin import for_pages, preflight
from injector.rights.rate import Rates
from injector.wire import CONFIG, errors_as_json

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]
Door: TypeAlias = Callable[..., Awaitable[str]]


async def _upload(request: web.Request) -> web.Response:
    admit(request, "upload")
    return web.json_response({})


async def _associate(request: web.Request) -> web.Response:
    admit(request, "association")
    right = right_of(request, request.query.get("token", ""))
    return web.json_response({"bearer": right.bearer, "token": right.token})


async def _look(request: web.Request) -> web.Response:
    right = right_to_look(request)
    return web.json_response({"bearer": right.bearer, "token": right.token})


@pytest.fixture
def application() -> Callable[..., web.Application]:
    """Make an application whose routes say what they were shown."""

    def make(
        *,
        bearer: str = "",
        listen: str = "127.0.0.1:0",
        trusted: tuple[str, ...] = (),
        **browser: Any,
    ) -> web.Application:
        injector = Injector(
            listen=Address.parse(listen),
            bearer=bearer,
            browser=replace(Browser(), **browser),
            trusted_proxies=tuple(Network.parse(one) for one in trusted),
        )
        app = web.Application(middlewares=[errors_as_json])
        app[CONFIG] = Config(injector=injector)
        app[RATES] = Rates(injector.browser)
        app.add_routes(
            [
                web.post("/upload", for_pages(_upload)),
                web.options("/upload", preflight),
                web.post("/associate", for_pages(_associate)),
                web.options("/associate", preflight),
                web.get("/context/{id}", for_pages(_look)),
                web.delete("/context/{id}", for_pages(_look)),
                web.options("/context/{id}", preflight),
            ]
        )
        return app

    return make


@pytest.fixture
def door(serve: Serve, application: Callable[..., web.Application]) -> Door:
    """Start such an application; give its address."""

    async def start(**settings: Any) -> str:
        return await serve(application(**settings))

    return start
