"""The page on platforms and the code that goes by it say the same."""

import re
from pathlib import Path

import pytest

from capture.remedies import generic
from capture.remedies.advice import GUIDES
from capture.remedies.remedy import Guide
from capture.remedies.signs import SIGNS, Platform

PAGE = (Path(__file__).parent.parent.parent / "docs" / "platforms.md").read_text(encoding="utf-8")
GUIDED = [*GUIDES.values(), generic.GUIDE]


@pytest.mark.parametrize(
    "platform", [it for it in Platform if it is not Platform.WEBSOCKET], ids=lambda it: it.name
)
def test_every_platform_that_is_recognised_is_on_the_page(platform: Platform) -> None:
    assert platform.value in PAGE


def test_every_name_that_is_a_sign_is_on_the_page() -> None:
    for platform, signs in SIGNS.items():
        for sign in signs:
            names = re.findall(r"[a-z]\w*(?:[_-]\w+)+|[a-z]+[A-Z]\w*", sign.where)
            assert [name for name in names if name.strip("_") not in PAGE] == [], platform


@pytest.mark.parametrize("guide", GUIDED, ids=[*(it.name for it in GUIDES), "any"])
def test_every_source_of_a_remedy_is_on_the_page(guide: Guide) -> None:
    for remedy in guide.remedies:
        assert remedy.source in PAGE


def test_every_fact_of_a_platform_is_marked() -> None:
    for section in re.split(r"\n## ", PAGE)[2:10]:
        for fact in re.findall(r"\n- (.*?)(?=\n- |\n\n|\Z)", section, re.DOTALL):
            assert re.search(r"\b[DSI]\b|open|nowhere|Nobody", fact), fact


def test_the_links_within_the_page_lead_somewhere() -> None:
    headings = re.findall(r"(?m)^#+ (.+)$", PAGE)
    anchors = {re.sub(r"[^\w -]", "", it).lower().replace(" ", "-") for it in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
