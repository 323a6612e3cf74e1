"""Folders for proxies, which share one folder of certificates."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make a folder for one mitmdump; all of them share one folder of certificates."""
    base = tmp_path_factory.mktemp("proxies")

    def make(name: str) -> Path:
        made = base / name
        made.mkdir()
        return made

    return make
