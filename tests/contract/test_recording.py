"""Recordings on a real disk, by processes that die and disks that are full."""

import base64
import hashlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contract import recording
from contract.errors import RecordingError
from contract.exchange import Exchange, Request, Response
from contract.recording import Writer, is_recording, pictures_folder, read, write

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
DIGEST = hashlib.sha256(PICTURE).hexdigest()
DATA_URI = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
JSON = (("Content-Type", "application/json"),)


def turn(identity: str, body: bytes = b'{"a":"\xc3\xa9"}') -> Exchange:
    return Exchange(
        identity,
        datetime(2026, 11, 23, 9, tzinfo=UTC),
        Request("POST", "https://example.test/v1/chat/completions", JSON, body),
        Response(200, (("Content-Type", "text/event-stream"),), b"data: 1\n\n", ((4.5, 9),)),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


def run(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a process that writes a recording."""
    setup = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from contract.errors import RecordingError\n"
        "from contract.exchange import Exchange, Request\n"
        "from contract.recording import Writer\n"
        "def turn(n, size=0):\n"
        "    request = Request('POST', '/', (), b'x' * size)\n"
        "    return Exchange(str(n), datetime(2026, 11, 23, tzinfo=UTC), request)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", setup + code, *arguments],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(recording.__file__).parents[1])},
    )


def test_a_recording_says_what_it_is_and_holds_a_line_for_each_exchange(path: Path) -> None:
    write(path, [turn("1"), turn("2")], by="a test")
    first, *rest = path.read_bytes().splitlines()
    head = json.loads(first)
    assert (head["recording"], head["by"]) == (1, "a test")
    assert datetime.fromisoformat(head["created"]).tzinfo
    assert [json.loads(line)["id"] for line in rest] == ["1", "2"]
    assert is_recording(path.read_bytes()[:20])
    assert read(path) == recording.Recording(str(path), (turn("1"), turn("2")))


def test_each_exchange_is_on_the_disk_when_it_was_written(path: Path) -> None:
    with Writer(path, by="") as writer:
        for number in range(3):
            writer.write(turn(str(number)))
            assert [one.id for one in read(path).exchanges] == [str(n) for n in range(number + 1)]


def test_a_recording_is_never_overwritten(path: Path) -> None:
    write(path, [turn("1")], by="")
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="exists already"):
        Writer(path, by="")
    assert path.read_bytes() == before


def test_a_link_is_not_followed_to_what_it_names(path: Path) -> None:
    path.symlink_to("/dev/full")
    with pytest.raises(RecordingError, match="exists already"):
        Writer(path, by="")


def test_only_its_owner_may_read_a_recording_and_its_pictures(path: Path) -> None:
    before = os.umask(0)
    try:
        write(path, [turn("1", json.dumps([DATA_URI]).encode())], by="")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(pictures_folder(path).stat().st_mode) == 0o700


def test_a_header_that_was_no_utf_8_comes_back(path: Path) -> None:
    odd = Exchange("1", turn("1").started, Request("GET", "/\udcff", (("x", "a\udce9b"),)))
    write(path, [odd], by="")
    path.read_bytes().decode()
    assert read(path).exchanges == (odd,)


def test_a_picture_is_kept_once_whatever_it_was_called(path: Path) -> None:
    bodies = [
        json.dumps([DATA_URI, DATA_URI], separators=(",", ":")).encode(),
        PICTURE,
        f'{{"b":"{DATA_URI.replace("png", "x-odd")}"}}'.encode(),
    ]
    write(path, [turn(str(number), body) for number, body in enumerate(bodies)], by="")
    (kept,) = pictures_folder(path).iterdir()
    assert (kept.name, kept.read_bytes()) == (f"{DIGEST}.png", PICTURE)
    assert DATA_URI.encode() not in path.read_bytes()
    assert [one.request.body for one in read(path).exchanges] == bodies


def test_a_picture_that_was_half_written_is_not_taken_for_one(path: Path) -> None:
    folder = pictures_folder(path)
    folder.mkdir()
    (folder / f"{DIGEST}.part").write_bytes(PICTURE[:5])
    write(path, [turn("1", PICTURE)], by="")
    assert read(path).exchanges[0].request.body == PICTURE


def remove(file: Path) -> None:
    file.unlink()


def damage(file: Path) -> None:
    file.write_bytes(PICTURE[:-1])


def hide(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("harm", [remove, damage, hide])
def test_an_exchange_without_its_picture_is_reported_and_skipped(
    path: Path, harm: Callable[[Path], None]
) -> None:
    write(path, [turn("1"), turn("2", PICTURE), turn("3")], by="")
    harm(pictures_folder(path) / f"{DIGEST}.bin")
    result = read(path)
    assert [one.id for one in result.exchanges] == ["1", "3"]
    (problem,) = result.problems
    assert re.search(rf"a\.jsonl: line 3 was skipped: the picture .*{DIGEST}", problem)


def test_a_last_line_that_is_torn_anywhere_is_reported_and_skipped(path: Path) -> None:
    write(path, [turn("1"), turn("2")], by="")
    data = path.read_bytes()
    last = data.rindex(b"\n", 0, len(data) - 1) + 1
    for end in range(last, len(data) + 1):
        path.write_bytes(data[:end])
        result = read(path)
        whole = end >= len(data) - 1  # only the line's end may be missing
        assert [one.id for one in result.exchanges] == (["1", "2"] if whole else ["1"]), end
        torn = not whole and end > last
        assert result.problems == (
            (f"{path}: the last line is torn and was skipped",) if torn else ()
        )


@pytest.mark.parametrize("broken", [b"{", b"\xff\xfe", b"{}", b"7", b"[" * 100_000])
def test_a_broken_line_is_reported_by_its_number_and_skipped(path: Path, broken: bytes) -> None:
    write(path, [turn("1"), turn("2"), turn("3")], by="")
    lines = path.read_bytes().split(b"\n")
    lines[2] = broken
    path.write_bytes(b"\n".join(lines))
    result = read(path)
    assert [one.id for one in result.exchanges] == ["1", "3"]
    assert result.problems == (f"{path}: line 3 is broken and was skipped",)


def test_blank_lines_are_no_problem(path: Path) -> None:
    write(path, [turn("1")], by="")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n\n  \n"))
    assert read(path) == recording.Recording(str(path), (turn("1"),))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no recording"),
        (b"\n", "is no recording"),
        (b"{}", "is no recording"),
        (b'{"recording": 1', "is no recording"),
        (b'["recording"]', "is no recording"),
        (b'"recording"', "is no recording"),
        (b"\xff\xd8\xff", "is no recording"),
        (b"[" * 100_000, "is no recording"),
        (b'{"log": {"version": "1.2"}}', "is no recording"),
        (b'{"recording": 2}\n', "is a recording of version 2; .* install a newer one"),
        (b'{"recording": null}\n', "is no recording"),
        (b'{"recording": true}\n', "is no recording"),
        (b'{"recording": 0}\n', "is no recording"),
    ],
)
def test_a_file_that_is_no_recording_is_refused(path: Path, data: bytes, message: str) -> None:
    path.write_bytes(data)
    with pytest.raises(RecordingError, match=rf"a\.jsonl {message}"):
        read(path)


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_what_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecordingError, match=r"cannot read .*: (No such file|Is a directory)"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["file/a.jsonl", "x" * 300])
def test_what_cannot_be_made_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match=r"cannot write .*: (File exists|File name too long)"):
        Writer(tmp_path / name, by="")


def test_pictures_that_cannot_be_kept_are_an_error(path: Path) -> None:
    pictures_folder(path).touch()
    with Writer(path, by="") as writer:
        with pytest.raises(RecordingError, match=r"cannot write .*a\.pictures"):
            writer.write(turn("1", PICTURE))
        writer.write(turn("2"))
    assert [one.id for one in read(path).exchanges] == ["2"]


def test_a_writer_that_is_killed_leaves_what_it_wrote(path: Path) -> None:
    code = (
        "with Writer(Path(sys.argv[1]), by='') as writer:\n"
        "    for n in range(10**9):\n"
        "        writer.write(turn(n, 5000))\n"
        "        if n == 20: print('on', flush=True)\n"
    )
    process = run(code, str(path))
    assert process.stdout
    assert process.stdout.readline() == b"on\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    result = read(path)
    assert len(result.exchanges) > 20
    assert [one.id for one in result.exchanges] == [str(n) for n in range(len(result.exchanges))]
    assert not result.problems or "is torn" in result.problems[0]


def test_a_disk_that_is_full_is_an_error_and_loses_nothing_else(path: Path) -> None:
    code = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
        "with Writer(Path(sys.argv[1]), by='') as writer:\n"
        "    writer.write(turn(1, 5000))\n"
        "    try: writer.write(turn(2, 5000))\n"
        "    except RecordingError as error: print(error)\n"
        "    writer.write(turn(3))\n"
    )
    process = run(code, str(path))
    told, _ = process.communicate()
    assert process.returncode == 0
    assert told.decode() == f"cannot write {path}: File too large\n"
    result = read(path)
    assert ([one.id for one in result.exchanges], result.problems) == (["1", "3"], ())


def test_a_disk_that_is_full_at_once_keeps_no_empty_file(path: Path) -> None:
    code = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "try: Writer(Path(sys.argv[1]), by='')\n"
        "except RecordingError as error: print(error)\n"
    )
    process = run(code, str(path))
    told, _ = process.communicate()
    assert (process.returncode, told.decode()) == (0, f"cannot write {path}: File too large\n")
    assert not path.exists()


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b'{"recording": 1', True),
        (b' {"recording":9}', True),
        (b'{"log": {}}', False),
        (b'{"a": 1, "recording": 1}', False),
        (b"", False),
    ],
)
def test_a_recording_is_known_by_its_first_bytes(start: bytes, *, expected: Any) -> None:
    assert is_recording(start) is expected
