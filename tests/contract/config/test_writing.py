"""Field paths go into a file on the disk."""

import os
from pathlib import Path

import pytest

from contract.config import write_conversation_id
from contract.errors import ConfigError
from contract.fieldpath import parse

PATHS = [parse("$request.path.0")]
BLOCK = "conversation_id:\n  - $request.path.0\n"


def test_old_and_new_text_are_returned_and_the_new_is_written(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(b"\xef\xbb\xbf# \xc3\xa9\r\ncapture: {}\r\n")
    old, new = write_conversation_id(file, PATHS)
    assert old == "\ufeff# é\r\ncapture: {}\r\n"
    assert new == old.replace("capture", BLOCK.replace("\n", "\r\n") + "capture")
    assert file.read_bytes() == new.encode()
    assert os.listdir(tmp_path) == ["config.yaml"]  # noqa: PTH208 - the names are the point


def test_a_missing_file_is_made(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    assert write_conversation_id(file, PATHS) == ("", BLOCK)
    assert file.read_text() == BLOCK


def test_the_mode_stays_and_a_link_is_followed(tmp_path: Path) -> None:
    file, link = tmp_path / "real.yaml", tmp_path / "config.yaml"
    file.write_text("capture: {}\n")
    file.chmod(0o640)
    link.symlink_to(file)
    write_conversation_id(link, PATHS)
    assert link.is_symlink()
    assert file.read_text() == BLOCK + "capture: {}\n"
    assert file.stat().st_mode & 0o777 == 0o640


def test_nothing_is_written_where_nothing_changes(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(BLOCK)
    before = file.stat().st_ino
    assert write_conversation_id(file, PATHS) == (BLOCK, BLOCK)
    assert file.stat().st_ino == before


def test_a_write_that_fails_leaves_the_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "config.yaml"
    file.write_text("capture: {}\n")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ConfigError, match=r"config\.yaml: cannot be written: No space"):
        write_conversation_id(file, PATHS)
    assert [entry.name for entry in tmp_path.iterdir()] == ["config.yaml"]
    assert file.read_text() == "capture: {}\n"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        write_conversation_id(tmp_path, PATHS)
    with pytest.raises(ConfigError, match="cannot be written"):
        write_conversation_id(tmp_path / "no" / "config.yaml", PATHS)
