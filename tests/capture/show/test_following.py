"""A recording that grows, read while it is written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.show.following import Growing, follow
from contract.errors import RecordingError
from contract.exchange import Exchange, Request
from contract.recording import Writer, read, write

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
PICTURE = b'{"image": "data:image/png;base64,' + b"AAAA" * 40 + b'"}'


def an_exchange(name: str, body: bytes = b"{}") -> Exchange:
    return Exchange(name, NOW, Request("POST", "http://h/", (), body))


def names(growing: Growing) -> list[str]:
    return [it if isinstance(it, str) else it.id for it in growing.more()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "first.jsonl"


def test_what_is_new_comes_once(path: Path) -> None:
    growing = Growing(path)
    assert names(growing) == []
    with Writer(path, by="a test") as writer:
        assert names(growing) == []
        for name in "ab":
            writer.write(an_exchange(name, PICTURE))
        assert names(growing) == ["a", "b"]
        writer.write(an_exchange("c"))
        assert names(growing) == ["c"]
        assert names(growing) == []


@given(st.lists(st.integers(1, 400), max_size=8))
def test_it_does_not_matter_where_the_writing_was_interrupted(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    write(folder / "whole.jsonl", map(an_exchange, "abc"), by="a test")
    whole = (folder / "whole.jsonl").read_bytes()
    growing, found = Growing(folder / "growing.jsonl"), list[str]()
    for end in [*sorted(cuts), len(whole)]:
        (folder / "growing.jsonl").write_bytes(whole[:end])
        found += names(growing)
    assert found == ["a", "b", "c"]


def test_a_half_line_that_is_taken_back_is_not_missed(path: Path) -> None:
    """The recorder takes back what a full disk took only half, and may write again."""
    write(path, [an_exchange("a")], by="a test")
    growing, size = Growing(path), path.stat().st_size
    with path.open("ab") as file:
        file.write(b'{"id": "half')
        file.flush()
        assert names(growing) == ["a"]
        file.truncate(size)
    assert names(growing) == []


def test_a_broken_line_is_a_sentence_and_the_rest_goes_on(path: Path) -> None:
    write(path, [an_exchange("a")], by="a test")
    with path.open("ab") as file:
        file.write(b"{broken\n\n" + path.read_bytes().split(b"\n")[1] + b"\n")
    assert names(Growing(path)) == ["a", f"{path}: line 3 is broken and was skipped", "a"]


REFUSED = {
    "a HAR file": b'{"log": {"version": "1.2", "entries": [' + b" " * 60,
    "prose": b"This is a letter, not a recording.\n",
    "a newer recording": b'{"recording": 99}\n',
    "a flow file": b"1234:7:version;2:21#" + b"x" * 60,
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_is_no_recording_of_ours_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(RecordingError, match="recording"):
        names(Growing(path))


def test_a_recording_that_was_replaced_is_told(path: Path) -> None:
    write(path, map(an_exchange, "abc"), by="a test")
    growing = Growing(path)
    names(growing)
    path.write_bytes(path.read_bytes()[:80])
    with pytest.raises(RecordingError, match="is not what it was"):
        names(growing)


def test_a_folder_cannot_be_followed(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot read"):
        names(Growing(tmp_path))


def test_following_waits_between_two_looks(path: Path) -> None:
    waits: list[int] = []

    def wait() -> None:
        waits.append(len(waits))
        write(path, [an_exchange("a")], by="a test")

    looks = follow(path, wait)
    assert next(looks) == ([], [])
    assert waits == []
    assert next(looks) == (list(read(path).exchanges), [])
    assert waits == [0]
