"""The child: `python -m injector.decoding TASK`, asked over its standard input, which is a socket.

One picture after another is taken apart, prepared and given back, until the other side closes. TASK
says how, in JSON: `{"prepare": "module:function", "aim": {…}, "limit": bytes or null}`.
"""

import gc
import json
import socket
import sys
import traceback
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, TypeAlias

from contract.errors import NotAPicture, RequestError, TooLarge
from injector.decoding import limits
from injector.decoding.frames import HEAD, Head, framed, head, note
from injector.decoding.outcome import Decoded, told, told_error
from injector.decoding.sent import Sent, picture_bytes
from injector.shared import Prepared

Prepare: TypeAlias = Callable[[bytes], Prepared]

_TOO_MUCH = TooLarge(
    "the picture takes too much memory to decode; send a smaller one", param="image"
)


def main(task: str) -> None:
    """Answer until the parent closes the socket or is gone."""
    limits.leash()
    asked = json.loads(task)
    prepare = _prepare(asked["prepare"], asked["aim"])
    limits.confine()
    with socket.socket(fileno=0) as channel:
        channel.sendall(framed(0, {"ready": True}))
        while (read := _received(channel, HEAD)) is not None:
            _serve(channel, head(read, sys.maxsize), prepare, asked["limit"])
            gc.collect()  # what only a cycle holds is freed, and overwritten, now


def _prepare(name: str, aim: dict[str, Any]) -> Prepare:
    from injector.picture.aim import Aim

    module, _, function = name.partition(":")
    return partial(getattr(import_module(module), function), aim=Aim(**aim))


def _serve(channel: socket.socket, asked: Head, prepare: Prepare, limit: int | None) -> None:
    sort, data = _received(channel, asked.note), _received(channel, asked.body)
    if sort is None or data is None:
        return
    channel.sendall(framed(asked.number, {"begun": True}))
    sent = Sent(note(sort)["form"], data)
    del data
    answer, part = _outcome(sent, prepare, limit)
    channel.sendall(framed(asked.number, answer, len(part)))
    channel.sendall(part)


def _outcome(sent: Sent, prepare: Prepare, limit: int | None) -> tuple[dict[str, Any], bytes]:
    try:
        with limits.bounded_work(len(sent.data)):
            data, describe = picture_bytes(sent, limit)
            return told(Decoded(prepare(data), describe))
    except RequestError as error:
        return told_error(error), b""
    except MemoryError:
        return told_error(_TOO_MUCH), b""
    except Exception as error:  # noqa: BLE001 - whatever a decoder raises, the picture is answered
        wrong = NotAPicture("the picture cannot be decoded; is it whole?", param="image")
        return told_error(wrong, _fault(error)), b""


def _fault(error: Exception) -> str:
    """Return what went wrong and where; not the error's own words, which may repeat a picture's."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {place.filename}:{place.lineno}"


def _received(channel: socket.socket, size: int) -> bytes | None:
    """Return so many bytes, in one piece and never copied, or None if the other side has closed."""
    if size == 0:
        return b""
    data = channel.recv(size, socket.MSG_WAITALL)
    return data if len(data) == size else None


if __name__ == "__main__":
    main(sys.argv[1])
