"""Exchanges go to the disk and to the screen, without their secrets."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from capture.recorder import Recorder, new_path
from contract import recording
from contract.errors import RecordingError
from contract.exchange import Exchange, Request, Response
from contract.redact import Rules

NOW = datetime(2026, 11, 23, 6, 24, 6, tzinfo=UTC)
SECRET = "wskey-4b1f9e77aa"


@pytest.fixture
def exchange() -> Exchange:
    headers = (("Authorization", f"Bearer {SECRET}"), ("X-A", "1"))
    request = Request(
        "POST", "http://h/v1/chat/completions", headers, b'{"key":"' + SECRET.encode() + b'"}'
    )
    return Exchange("one", NOW, request, Response(200, (), SECRET.encode(), ((1.0, len(SECRET)),)))


@pytest.fixture
def shown() -> list[tuple[int, Exchange]]:
    return []


@pytest.fixture
def recorder(tmp_path: Path, shown: list[tuple[int, Exchange]]) -> Iterator[Recorder]:
    def show(number: int, exchange: Exchange) -> None:
        assert len(recording.read(tmp_path / "calls.jsonl").exchanges) == number  # it is written
        shown.append((number, exchange))

    made = Recorder(tmp_path / "calls.jsonl", Rules(), show, by="a test")
    yield made
    made.close()


def test_what_is_shown_is_what_was_written_before(
    recorder: Recorder, exchange: Exchange, shown: list[tuple[int, Exchange]]
) -> None:
    recorder.record(exchange)
    recorder.record(replace(exchange, id="two"))
    recorder.close()
    written = recording.read(recorder.path).exchanges
    assert [(1, written[0]), (2, written[1])] == shown
    assert [it.id for it in written] == ["one", "two"]
    assert recorder.count == 2


def test_no_secret_is_written_or_shown(
    recorder: Recorder, exchange: Exchange, shown: list[tuple[int, Exchange]]
) -> None:
    recorder.record(exchange)
    assert SECRET not in recorder.path.read_text()
    assert SECRET not in repr(shown)
    assert exchange.request.headers[0][1] == f"Bearer {SECRET}"  # what passes is not changed


def test_a_recording_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text("precious")
    with pytest.raises(RecordingError, match="exists already"):
        Recorder(tmp_path / "calls.jsonl", Rules(), lambda *_: None, by="a test")
    assert (tmp_path / "calls.jsonl").read_text() == "precious"


def test_a_new_recording_is_named_for_its_moment_and_nothing_stands_there(tmp_path: Path) -> None:
    for name in ("2026-11-23T06-24-06", "2026-11-23T06-24-06-2", "2026-11-23T06-24-06-3"):
        path = new_path(tmp_path, NOW)
        assert path == tmp_path / f"{name}.jsonl"
        path.touch()
