"""What arrives on a connection, read: when the first content was there, when the answer ended.

Values in, values out: no socket and no clock. Only as much of HTTP as the servers here send:
chunked bodies, and bodies with a length for errors. One answer at a time.
"""

import re
from dataclasses import dataclass, field

_CONTENT = re.compile(rb'"content":\s*"([^"]+)".*?\n\n', re.DOTALL)
_MODELS_OWN = (b"It ", b"#0@")
"""How the model begins to speak; a relay may have a sentence of its own for when it fails."""
_MARK = re.compile(rb"#(\d+)@(\d+)#")
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CONTEXT = re.compile(rb"\r\nx-sightline-context:\s*([^\r]+)", re.IGNORECASE)
_END, _DONE = b"\r\n0\r\n\r\n", b"[DONE]"
_KEPT = 256  # longer than a mark, or than the end of an answer, can be


@dataclass(slots=True)
class Answer:
    """An answer so far. Times are nanoseconds of the clock that the caller reads."""

    status: int = 0
    first: int | None = None
    """When the first event with content was there as a whole."""
    marks: list[tuple[int, int, int]] = field(default_factory=list)
    """Of a paced answer, for each piece: its number, when it was sent, when it arrived."""
    failure: str = ""


class Reader:
    """Reads one answer, in whatever pieces it comes."""

    __slots__ = ("_context", "_head", "_left", "_pieces", "_tail", "_text", "answer")

    def __init__(self, pieces: int = 0) -> None:
        """Read a paced answer of so many numbered pieces, or any answer."""
        self.answer = Answer()
        self._pieces = pieces
        self._head: bytes | None = b""
        self._left: int | None = None
        self._text: bytes | None = b""
        self._tail = b""
        self._context = ""

    def feed(self, data: bytes, now: int) -> bool:
        """Take the next bytes, which arrived at `now`; return whether the answer has ended."""
        if self._head is not None:
            head, found, rest = (self._head + data).partition(b"\r\n\r\n")
            if not found:
                self._head = head
                return False
            self._begin(head)
            data = rest
        if self._text is not None:
            self._look(data, now)
        if self._pieces:
            self._read_marks(data, now)
        return self._ended(data)

    def _begin(self, head: bytes) -> None:
        self._head = None
        self.answer.status = int(head[9:12])
        length = _LENGTH.search(head)
        self._left = int(length[1]) if length else None
        if context := _CONTEXT.search(head):
            self._context = f" ({context[1].decode(errors='replace')})"
        self._tail = b"\r\n"

    def _look(self, data: bytes, now: int) -> None:
        self._text = (self._text or b"") + data
        if self.answer.status == 200 and (found := _CONTENT.search(self._text)):
            self.answer.first, self._text = now, None
            if not found[1].startswith(_MODELS_OWN):
                said = found[1].decode(errors="replace")
                self.answer.failure = f"the answer is not the model's: {said}"

    def _read_marks(self, data: bytes, now: int) -> None:
        text = self._tail + data
        seen = len(self.answer.marks)
        for match in _MARK.finditer(text):
            number = int(match[1])
            if number >= seen:
                self.answer.marks.append((number, int(match[2]), now))

    def _ended(self, data: bytes) -> bool:
        self._tail = (self._tail + data)[-_KEPT:]
        if self._left is not None:
            self._left -= len(data)
            if self._left > 0:
                return False
        elif not self._tail.endswith(_END):
            return False
        self.answer.failure = self.answer.failure or self._judged()
        return True

    def _judged(self) -> str:
        answer = self.answer
        if answer.status != 200:
            said = (self._text or b"")[:300].decode(errors="replace")
            return f"status {answer.status}{self._context}: {said.strip()}"
        if answer.first is None:
            return "the answer has no content"
        if _DONE not in self._tail:
            return "the answer ends without [DONE]"
        if [mark[0] for mark in answer.marks] != list(range(self._pieces)):
            return "a piece of the answer is lost"
        return ""
