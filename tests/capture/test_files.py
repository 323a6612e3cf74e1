"""Whatever a person calls a recording is opened, or refused in one sentence."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow

from capture.files import open_recording
from contract import har, recording
from contract.errors import RecordingError
from contract.exchange import Exchange, Request, Response

EXCHANGE = Exchange(
    "one",
    datetime(2026, 11, 23, 6, 24, 6, tzinfo=UTC),
    Request("POST", "http://h/v1/chat/completions", (("Host", "h"),), b'{"messages":[]}'),
    Response(200, (("Content-Type", "application/json"),), b"{}", ((3.0, 2),)),
)


def our_own(path: Path) -> None:
    recording.write(path, [EXCHANGE], by="a test")


def a_har(path: Path) -> None:
    path.write_text(json.dumps(har.to_har([EXCHANGE]), indent=2))


def a_har_of_windows(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf\r\n" + json.dumps(har.to_har([EXCHANGE])).encode())


def a_har_of_power_shell(path: Path) -> None:
    path.write_bytes(json.dumps(har.to_har([EXCHANGE])).encode("utf-16"))


def a_har_with_nan(path: Path) -> None:
    path.write_text(json.dumps({**har.to_har([EXCHANGE]), "nan": float("nan"), "half": "\ud800"}))


def a_flow_file(path: Path) -> None:
    with path.open("wb") as file:
        FlowWriter(file).add(tflow.tflow(resp=True))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "write", [our_own, a_har, a_har_of_windows, a_har_of_power_shell, a_har_with_nan, a_flow_file]
)
@pytest.mark.parametrize("name", ["calls.jsonl", "calls.har", "calls.flows", "calls"])
def test_a_recording_is_known_by_its_content_not_its_name(
    write: Callable[[Path], None], name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    write(path)
    found = open_recording(path)
    assert found.name == str(path)
    assert found.problems == ()
    (exchange,) = found.exchanges
    if write is not a_flow_file:
        assert exchange.request == EXCHANGE.request
    assert exchange.response is not None


@pytest.mark.parametrize("write", [our_own, a_har])
def test_what_we_wrote_comes_back_whole(write: Callable[[Path], None], tmp_path: Path) -> None:
    write(tmp_path / "calls")
    assert open_recording(tmp_path / "calls").exchanges == (EXCHANGE,)


def test_a_torn_last_line_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    our_own(tmp_path / "calls")
    with (tmp_path / "calls").open("ab") as file:
        file.write(b'{"id": "two", "started": "2026-')
    found = open_recording(tmp_path / "calls")
    assert found.exchanges == (EXCHANGE,)
    (problem,) = found.problems
    assert "torn" in problem
    assert str(tmp_path / "calls") in problem


BAD = {
    "empty": b"",
    "white space": b" \n\n",
    "text": b"Hello, this is a diary.\n",
    "binary": bytes(range(256)) * 30,
    "picture": b"\xff\xd8\xff\xe0" + b"\0" * 500,
    "JSON that is no HAR": b'{"messages": []}',
    "a list": b"[1, 2]",
    "broken JSON": b'{"log": {"entries": [',
    "nested deep": b'{"a":' * 50_000,
    "HAR whose log is no object": b'{"log": 7}',
    "HAR whose entries are no list": b'{"log": {"entries": 7}}',
    "HAR with an entry that is none": b'{"log": {"version": "1.2", "entries": [7]}}',
    "recording of a later version": b'{"recording": 99}\n',
    "recording of no version": b'{"recording": "x"}\n',
    "first line that is torn": b'{"recording": 1',
    "flow file that is torn": b"4321:4:type;4:http;",
    "digits": b"12:34 we met\n",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_what_is_no_recording_is_refused_in_one_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(data)
    with pytest.raises(RecordingError) as caught:
        open_recording(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_what_cannot_be_opened_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.jsonl", tmp_path / ("a" * 300)):
        with pytest.raises(RecordingError, match="cannot read") as caught:
            open_recording(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
