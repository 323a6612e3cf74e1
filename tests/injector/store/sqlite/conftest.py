"""The file of a store."""

from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test's database will be, in a folder that is there."""
    return tmp_path / "pictures.db"
