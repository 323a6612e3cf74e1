"""Each picture is in the page once, however often it is shown."""

import re
from pathlib import Path

import pytest

from capture.report import pictures
from capture.report.pictures import Pictures

PHOTOS = Path(__file__).parents[3] / "rehearsal" / "photos"
CAT, ROCKET = ((PHOTOS / name).read_bytes() for name in ("cat.webp", "rocket.jpg"))


def test_a_picture_is_kept_once_and_shown_wherever_it_was() -> None:
    page = Pictures()
    assert page.show(CAT, "image/webp") == page.show(CAT, "image/webp")
    assert 'href="#p2"' in page.show(ROCKET, "image/jpeg")
    assert re.findall(r'<image id="(p\d+)"', page.copies) == ["p1", "p2"]


def test_its_size_its_format_and_its_declared_type_are_said() -> None:
    assert "picture 1: 451 x 300 WEBP, declared image/png, 21,144 bytes" in Pictures().show(
        CAT, "image/png"
    )


def test_a_broken_picture_is_a_note() -> None:
    page = Pictures()
    assert "image/png, 7 bytes: no picture that can be decoded" in page.show(
        b"nothing", "image/png"
    )
    assert page.copies == ""


def test_a_declared_type_is_no_markup() -> None:
    assert "<script>" not in Pictures().show(b"x", "<script>")
    assert "<script>" not in Pictures().show(CAT, "<script>")
    assert "\u202e" not in Pictures().show(CAT, "\u202e")


def test_a_page_has_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST", 1)
    page = Pictures()
    page.show(CAT, "")
    assert "not shown, the page has 1 already" in page.show(ROCKET, "")
    assert 'href="#p1"' in page.show(CAT, "")
