"""The page as it is built, and what comes with it."""

import re

import pytest

from injector.page.built import files_of
from tests.lacking import WEB

pytestmark = [pytest.mark.web, pytest.mark.needs("node", "packages", what="the page and its hook")]
FOREIGN = ("@elevenlabs/client", "@elevenlabs/react", "livekit-client", "react", "react-dom")


def test_what_others_wrote_comes_with_its_licence(page: None) -> None:
    file = files_of(WEB / "dist")["licenses.txt"]
    assert file.media_type.startswith("text/plain")
    parts = re.split(r"^## ", file.body.decode(), flags=re.MULTILINE)[1:]
    texts = {part.partition(" - ")[0]: part for part in parts}
    assert texts.keys() >= set(FOREIGN)
    for text in texts.values():
        assert re.search(r"Permission is hereby granted|TERMS AND CONDITIONS", text), text[:80]
