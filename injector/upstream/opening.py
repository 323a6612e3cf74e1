"""The opening of a stream: the events until the first one that says something. Pure.

A voice platform counts a stream without content as a failure, and so do we: until something is
said, nothing goes to the client, and the turn can still be asked again. What was held back goes
out first, byte for byte.

    says something       a delta with text, reasoning, a refusal, audio or a tool call
    says nothing         comments, a role alone, usage, `response.created`
    is empty             ends, or says `[DONE]`, before it has said anything
    is an error          an object `error`, `response.failed`
    is garbage           data that is no JSON, lines that no event stream has
"""

from typing import Any

import orjson

from contract import sse
from contract.answer import DONE, codes_of, error_of
from contract.coding import decoding
from contract.responses import is_event, repeated_in, said_in_event

MAX_HELD = 256 << 10
"""The most bytes that are held back; an opening that long is no opening any more."""


class NothingSaid(Exception):
    """The stream has ended, and has said nothing."""


class NoStream(Exception):
    """What came is no event stream; the message says what it is."""


class Refused(Exception):
    """The stream holds an error in the place of an answer.

    Args:
        message: what it says.
        codes: its type and its code, as far as it has them.
    """

    def __init__(self, message: str, codes: tuple[str, ...]) -> None:
        super().__init__(message)
        self.codes = codes


class Opening:
    """Reads a stream until it says something.

    Args:
        coding: the content coding (RFC 9110, section 8.4); one that cannot be read here says
            something with its first byte.
    """

    def __init__(self, coding: str = "") -> None:
        self._decoder = sse.Decoder()
        self._decode = decoding(coding)
        self._is_plain = not coding
        self._size = 0

    def feed(self, piece: bytes) -> bool:
        """Take a piece, and tell whether the stream has said something by now.

        Raises:
            NothingSaid: it has ended by its last event without that.
            NoStream: it is none.
            Refused: it holds an error.
        """
        self._size += len(piece)
        if self._decode is None or self._size > MAX_HELD:
            return True
        if self._is_plain:
            says, piece = _plainly(piece)
            if says:
                return True
            self._is_plain = not piece  # from the middle of an event on, the decoder goes on
        try:
            text = self._decode(piece)
        except Exception as error:  # noqa: BLE001 - each library of codings has its own class
            raise NoStream(f"its content coding is broken ({error})") from None
        if len(text) > MAX_HELD:
            return True
        return any(map(_says_something, self._decoder.feed(text)))

    def finish(self) -> None:
        """Take the end; return if the stream has said something after all.

        Raises:
            NothingSaid: it has not.
            NoStream, Refused: as `feed`.
        """
        if not any(_says_something(event) for event in self._decoder.finish()):
            raise NothingSaid


def _plainly(piece: bytes) -> tuple[bool, bytes]:
    """Read whole events of one line of data each, as models send them; quicker than the decoder.

    Return whether one of them says something, and if none does, what is left for the decoder.
    """
    at = 0
    while piece.startswith(b"data: {", at) and (end := piece.find(b"\n\n", at)) > 0:
        line = piece[at + len(b"data: ") : end]
        if b"\n" in line or b"\r" in line:
            break
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            break
        if _value_says(value):
            return True, b""
        at = end + len(b"\n\n")
    return False, piece[at:]


def _says_something(event: sse.Event) -> bool:
    if event.data is None:
        if event == sse.Event():  # lines, but not one with a field that there is
            raise NoStream("its lines are no events")
        return False
    if event.data.strip() == DONE:
        raise NothingSaid
    if not event.data.strip():
        return False
    try:
        value = orjson.loads(event.data)
    except orjson.JSONDecodeError:
        raise NoStream("its events are no JSON") from None
    return _value_says(value)


def _value_says(value: Any) -> bool:
    error = said_in_event(value).error if is_event(value) else error_of(value)
    if error is not None:
        raise Refused(error, codes_of(value))
    return _event_says(value) if is_event(value) else _chunk_says(value)


def _chunk_says(value: Any) -> bool:
    choices = value.get("choices") if isinstance(value, dict) else None
    for choice in choices if isinstance(choices, list) else ():
        delta = choice.get("delta") if isinstance(choice, dict) else None
        if isinstance(delta, dict) and any(said and key != "role" for key, said in delta.items()):
            return True
    return False


def _event_says(value: dict[str, Any]) -> bool:
    said = repeated_in(value) or said_in_event(value)
    # Reasoning, refusals, audio and arguments come as deltas as well.
    is_delta = value["type"].endswith(".delta") and bool(value.get("delta"))
    return is_delta or bool(said.text or said.calls)
