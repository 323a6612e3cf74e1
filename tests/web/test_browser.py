"""The page and its hook in a real Chromium, against the real stack: each file of `web/e2e`."""

import pytest

from tests.lacking import WEB
from tests.web.conftest import Run

pytestmark = [
    pytest.mark.web,
    pytest.mark.needs("node", "packages", "chromium", what="the page in a real browser"),
]
FILES = sorted(str(path.relative_to(WEB)) for path in (WEB / "e2e").rglob("*.test.ts"))


@pytest.mark.parametrize("file", FILES)
def test_in_a_real_browser(run: Run, page: None, file: str) -> None:
    run("vitest/vitest.mjs", "run", "--project", "e2e", file, seconds=240)
