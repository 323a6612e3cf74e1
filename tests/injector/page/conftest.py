"""The endpoint with a page that a test has laid out, as `make page` lays one out."""

import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp import web

from contract.config import Address, Config, Images, Injector
from contract.config import Page as Settings
from contract.config.places import Store
from injector.app import create_app

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]
Paged: TypeAlias = Callable[..., Awaitable[str]]

INDEX = b"<!doctype html><title>Sightline</title>"
SCRIPT = b"console.log(1);" * 100


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built page in the place of the real one, with a secret beside it."""
    folder = tmp_path / "dist"
    files = {
        "index.html": INDEX,
        "favicon.svg": b"<svg/>",
        "assets/index-B4dg.js": SCRIPT,
        "assets/index-B4dg.js.br": b"in brotli",
        "assets/index-B4dg.js.gz": gzip.compress(SCRIPT),
        "assets/index-C0de.css": b"main{}",
        "worklets/rawAudioProcessor.js": b"registerProcessor();",
        "../secret.txt": b"a secret",
    }
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    monkeypatch.setattr("injector.page.built._PLACES", (tmp_path / "none", folder))
    return folder


@pytest.fixture
def unbuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No page was built anywhere."""
    monkeypatch.setattr("injector.page.built._PLACES", (tmp_path / "none",))


@pytest.fixture
def paged(serve: Serve) -> Paged:
    """Start the endpoint with settings of its page, and of itself, and give its address."""

    async def start(
        page: dict[str, Any] | None = None, *, listen: str = "127.0.0.1:0", **options: Any
    ) -> str:
        images = options.pop("images", Images(store=Store("memory")))
        settings = Settings(**(page or {}))
        injector = Injector(listen=Address.parse(listen), page=settings, images=images, **options)
        return await serve(create_app(Config(injector=injector)))

    return start
