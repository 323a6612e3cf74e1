"""The page and its hook, in Node: types, and what needs no browser."""

import pytest

from tests.web.conftest import Run

pytestmark = [pytest.mark.web, pytest.mark.needs("node", "packages", what="the page and its hook")]


def test_types_hold(run: Run) -> None:
    run("typescript/bin/tsc", "-p", "tsconfig.json", seconds=120)


def test_what_needs_no_browser(run: Run) -> None:
    run("vitest/vitest.mjs", "run", "--project", "unit", seconds=240)
