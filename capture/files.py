"""Open whatever a person calls a recording: Sightline's own, a HAR file, or a mitmproxy flow file.

What a file is, its first bytes say; its name does not count.
"""

import codecs
import json
import re
from pathlib import Path

import orjson

from contract import har, recording
from contract.errors import RecordingError
from contract.recording import Recording

_FLOW_FILE = re.compile(rb"\d+:")  # a netstring's length, with which every flow begins
_START = 4096


def open_recording(path: Path) -> Recording:
    """Read a recording of any kind.

    Raises:
        RecordingError: the file cannot be read, or is no recording.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_START)
    except OSError as error:
        raise RecordingError(f"cannot read {path}: {error.strerror or error}") from error
    if not start.strip():
        raise RecordingError(f"{path} is empty: nothing was recorded")
    if recording.is_recording(start):
        return recording.read(path)
    if _FLOW_FILE.match(start):
        return _from_flow_file(path)
    if _text(start).lstrip().startswith("{"):
        return _from_har(path)
    raise RecordingError(
        f"{path} is no recording: expected a Sightline recording (.jsonl), a HAR file or a "
        "mitmproxy flow file"
    )


def _from_har(path: Path) -> Recording:
    try:
        data = path.read_bytes()
        try:
            document = orjson.loads(data)
        except ValueError:  # a byte order mark, NaN, halves of surrogates, deep nesting
            document = json.loads(_text(data))
    except (OSError, ValueError, RecursionError) as error:
        raise RecordingError(f"{path} is no recording and no HAR file: {error}") from error
    return har.from_har(document, name=str(path))


def _text(data: bytes) -> str:
    """Return a file's text, whichever of the encodings that Windows writes it is in."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig", "replace")


def _from_flow_file(path: Path) -> Recording:
    try:
        from capture.flow import read_flows
    except ImportError:
        raise RecordingError(
            f"{path} is a mitmproxy flow file, and mitmproxy is not installed: "
            "pip install 'sightline[capture]'"
        ) from None
    exchanges, problem = read_flows(path)
    return Recording(str(path), tuple(exchanges), (problem,) if problem else ())
