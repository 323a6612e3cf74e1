"""Server-sent events, decoded as the bytes come.

The rules are those of the HTML Standard, section 9.2.6 "Interpreting an event stream": a line ends
at CR, LF or CRLF and nowhere else, also when the two characters of CRLF arrive in different pieces.
One thing differs, because a proxy must not hide it: `Decoder.finish` reports what a stream that was
cut short had left over, which a browser discards.
"""

import codecs
import re
from dataclasses import dataclass

_RETRY = re.compile(r"[0-9]{1,18}")  # Python refuses to convert thousands of digits


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `data` joins its data lines with LF; `comment` joins comment lines likewise."""

    data: str | None = None
    event: str = "message"
    id: str | None = None
    retry: int | None = None
    comment: str | None = None


class Decoder:
    """Turn the pieces of an event stream into events, wherever the pieces were cut."""

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._lines: list[str] = []
        self._after_cr = False
        self._at_start = True

    def feed(self, data: bytes) -> list[Event]:
        """Take a piece and return the events that it completed."""
        return self._take(self._utf8.decode(data))

    def finish(self) -> list[Event]:
        """Take the end of the stream and return the event that was not completed, if any."""
        events = self._take(self._utf8.decode(b"", final=True))
        if self._text:
            self._lines.append(self._text)
            self._text = ""
        return events + self._dispatch()

    def _take(self, text: str) -> list[Event]:
        if self._at_start and text:
            text = text.removeprefix("\ufeff")
            self._at_start = False
        if self._after_cr and text:
            text = text.removeprefix("\n")
            self._after_cr = False
        if text.endswith("\r"):
            self._after_cr = True
        *complete, self._text = (
            (self._text + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        )
        events: list[Event] = []
        for line in complete:
            if line:
                self._lines.append(line)
            else:
                events += self._dispatch()
        return events

    def _dispatch(self) -> list[Event]:
        lines, self._lines = self._lines, []
        return [_event(lines)] if lines else []


def _event(lines: list[str]) -> Event:
    data: list[str] = []
    comments: list[str] = []
    name, identity, retry = "message", None, None
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field == "event":
            name = value or "message"
        elif field == "id" and "\0" not in value:
            identity = value
        elif field == "retry" and _RETRY.fullmatch(value):
            retry = int(value)
        elif not field:
            comments.append(value)
    return Event(
        data="\n".join(data) if data else None,
        event=name,
        id=identity,
        retry=retry,
        comment="\n".join(comments) if comments else None,
    )


def decode(data: bytes) -> list[Event]:
    """Return the events of a whole stream, an unfinished last one included."""
    decoder = Decoder()
    return decoder.feed(data) + decoder.finish()
