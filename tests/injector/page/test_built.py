"""The page's files are those of an installed package, or of the source tree."""

from pathlib import Path

import pytest

from injector.page import built
from injector.page.built import files_of


def test_the_installed_page_comes_before_one_that_lies_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    places = (tmp_path / "none", tmp_path / "one", tmp_path / "two")
    monkeypatch.setattr(built, "_PLACES", places)
    assert built.built()["index.html"].body == b"one"


def test_a_folder_without_a_page_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "x.js").write_text("x")
    monkeypatch.setattr(built, "_PLACES", (tmp_path,))
    assert built.built() == {}


def test_what_is_compressed_stands_with_its_file_and_alone_it_is_a_file(tmp_path: Path) -> None:
    for name in ("a.js", "a.js.gz", "a.js.br", "b.gz", "c.odd"):
        (tmp_path / name).write_text(name)
    files = files_of(tmp_path)
    assert set(files) == {"a.js", "b.gz", "c.odd"}
    assert files["a.js"].coded == {"br": b"a.js.br", "gzip": b"a.js.gz"}
    assert files["c.odd"].media_type == "application/octet-stream"


def test_equal_files_have_equal_digests_and_others_have_not(tmp_path: Path) -> None:
    for name, text in (("a.js", "x"), ("b.js", "x"), ("c.js", "y")):
        (tmp_path / name).write_text(text)
    files = files_of(tmp_path)
    assert files["a.js"].digest == files["b.js"].digest != files["c.js"].digest
