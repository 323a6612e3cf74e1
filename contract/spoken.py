"""What people said, made unreadable, while everything that a machine reads stays as it was.

Each letter becomes an x or a z and each digit a 0, in as many bytes, so that structure, lengths and
the pieces in which an answer arrived stay. With a key, which letter it is depends on all that stood
before it in the same text: equal texts stay equal, other ones differ, and one that was cut is still
the beginning of the whole, so that histories can be compared. To whoever lacks the key that says
nothing else.

What stays, wherever it stands: conversation IDs by their form (`conv_…`, UUIDs), tokens of redacted
secrets, placeholders in double braces, and pictures in data URIs. Nobody says those.

In what the agent's maker wrote (messages of the system and the developer, `instructions`, `prompt`)
there stay besides: words that may be IDs (letters and digits mixed, eight characters or more), and
what a label or a tag calls a conversation's ID, with the label. What a user, an assistant or a tool
says has no such exceptions, nor has a text of which nothing says who said it.

A body may be broken off anywhere, and is hidden as far as it goes: it is cut into tokens here, not
decoded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from contract.hiding import Hider, encoded
from contract.jsonspan import Edit
from contract.roles import PROMPT_ROLES

SPOKEN = frozenset(
    {
        "arguments",
        "content",
        "data",
        "delta",
        "input",
        "instructions",
        "output",
        "output_text",
        "prompt",
        "reasoning",
        "reasoning_content",
        "refusal",
        "summary",
        "text",
        "token",
        "transcript",
    }
)
"""Keys whose texts say what somebody said: of chat completions, Responses, and streams of both."""

_WRITTEN = frozenset({"instructions", "prompt"})  # what stands there, the agent's maker wrote
_BY_ROLE = frozenset({"content", "text"})  # what stands there, the message's role wrote or said
_ARGUMENTS = frozenset({"arguments", "input"})  # objects at these keys are said as a whole
_BYTES = "bytes"  # of `logprobs`: the answer again, as numbers

_TOKEN = re.compile(
    r'"(?P<text>(?:[^"\\]++|\\.)*+)"?|(?P<mark>[{}\[\]])|(?P<number>-?[0-9][0-9.eE+-]*)', re.DOTALL
)
_COLON = re.compile(r"[ \t\r\n]*:")
_STREAM = re.compile(r"\ufeff?(?:data|event|id|retry)?:")
_DATA_LINE = re.compile(r"(?:\A\ufeff?|(?<=[\r\n]))data:(?P<data>[^\r\n]*)")
_UNDECODED = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of no UTF-8
_JSON = re.compile(r"\ufeff?\s*[{\[\"]")


@dataclass(slots=True)
class _Open:
    """An object or a list that is open; a list has the key at which it stands.

    `texts` are places inside it of which it is not known yet who said them.
    """

    is_object: bool
    key: str
    whole: bool
    role: str | None = None
    texts: list[tuple[int, int]] = field(default_factory=list)

    def take(self, texts: list[tuple[int, int]]) -> None:
        """Have texts of something inside; the fewer are moved, so deep nesting costs little."""
        fewer, more = sorted((self.texts, texts), key=len)
        more += fewer
        self.texts = more


def hide_text(body: bytes, kind: str, key: bytes | None = None) -> bytes:
    """Return a body in which nobody can read what was said.

    Args:
        body: JSON, an event stream of JSON, or text; anything else stays.
        kind: its media type, where one is declared.
        key: makes equal texts equal and others different; without it all letters are x.
    """
    text, hider = body.decode("utf-8", "surrogateescape"), Hider(key)
    if kind == "text/event-stream" or _STREAM.match(text):
        edits = list(_in_stream(text, hider))
    elif _JSON.match(text):
        edits = list(_in_json(text, 0, len(text), hider))
    elif (kind.startswith("text/") or not kind) and not _UNDECODED.search(text):
        edits = [hider.edit(text, 0, len(text))]
    else:
        return body
    return _spliced(text, edits)


def _in_stream(text: str, hider: Hider) -> Iterator[Edit]:
    for line in _DATA_LINE.finditer(text):
        start, end = line.span("data")
        if _JSON.match(text, start, end):
            yield from _in_json(text, start, end, hider)
        else:
            yield hider.edit(text, start, end)


def _in_json(text: str, start: int, end: int, hider: Hider) -> Iterator[Edit]:
    """Yield what to put in the place of texts and numbers that say what somebody said."""
    stack = [_Open(is_object=False, key="content", whole=False)]
    for token in _TOKEN.finditer(text, start, end):
        top = stack[-1]
        if token["mark"]:
            closed = _walk(stack, token["mark"])
            if closed and closed.role is None:
                stack[-1].take(closed.texts)
            elif closed:
                written = closed.role in PROMPT_ROLES
                yield from (hider.edit(text, *at, written=written) for at in closed.texts)
        elif token["number"]:
            if top.whole or top.key == _BYTES:
                yield _hidden_number(token)
        elif top.is_object and _COLON.match(text, token.end(), end):
            top.key = token["text"]
        elif top.is_object and top.key == "role":
            top.role = token["text"]
        elif top.key in _WRITTEN and not top.whole:
            yield hider.edit(text, *token.span("text"), written=True)
        elif top.key in _BY_ROLE and not top.whole:
            top.texts.append(token.span("text"))
        elif top.whole or top.key in SPOKEN:
            yield hider.edit(text, *token.span("text"))
    yield from (hider.edit(text, *at) for left in stack for at in left.texts)


def _walk(stack: list[_Open], mark: str) -> _Open | None:
    """Go into an object or a list, or out of one, and return the one that was left."""
    top = stack[-1]
    if mark == "{":
        whole = top.whole or (top.is_object and top.key in _ARGUMENTS)
        stack.append(_Open(is_object=True, key="", whole=whole))
    elif mark == "[":
        whole = top.whole or (top.is_object and top.key == "arguments")
        stack.append(_Open(is_object=False, key=top.key, whole=whole))
    elif len(stack) > 1:
        return stack.pop()
    return None


def _hidden_number(token: re.Match[str]) -> Edit:
    """Hide the digits of a number; it begins with a 1, as JSON has no numbers that begin with 0."""
    digits = re.sub(r"[0-9]", "0", token["number"]).replace("0", "1", 1)
    return Edit(token.start(), token.end(), digits.encode())


def _spliced(text: str, edits: list[Edit]) -> bytes:
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [encoded(text[at : edit.start]), edit.put]
        at = edit.end
    return b"".join([*pieces, encoded(text[at:])])
