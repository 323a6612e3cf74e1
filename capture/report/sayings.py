"""A message as a reader sees it: who says what, with pictures and tool calls."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from capture.report.talk import role_of
from capture.report.text import shortened
from capture.report.tree import Tree
from contract.roles import PROMPT_ROLES

_URI = re.compile(r"data:(?P<type>[\w.+/-]*)(?:;[\w=.-]+)*;base64,(?P<data>.*)", re.DOTALL)
_CALL = Markup('<div class="call">calls <b>{}</b> {}</div>')
_SIDES = frozenset({"user", "assistant", "tool"})


@dataclass(frozen=True, slots=True)
class Saying:
    """Who speaks; on which side of the conversation; and what is said."""

    role: Markup
    side: str
    said: Markup
    note: str = ""


def saying(message: Any, tree: Tree, words: Sequence[str], answer: str) -> Saying:
    """Return a message as it is read.

    Args:
        message: any JSON value that stands in a list of messages.
        tree: writes what is no text.
        words: what to mark in the agent's prompt.
        answer: what the turn before was answered with; it is not told again.
    """
    role = role_of(message)
    who = shortened(role, most=_NAME)
    side = "system" if role in PROMPT_ROLES else (role if role in _SIDES else "other")
    content = message.get("content", message.get("output")) if isinstance(message, dict) else None
    note = _echo(content, answer) if side == "assistant" and isinstance(content, str) else ""
    if note == _SAME:
        return Saying(who, side, Markup(), note)
    inside = Markup("").join(_parts(message, content, tree, words if side == "system" else ()))
    if not inside:
        inside = tree.block(message, (), ())
    return Saying(who, side, inside, note)


_NAME = 80
_SAME = "the answer to the turn before, as it came"
_CUT = "only this much of the answer before was spoken"


def _echo(content: str, answer: str) -> str:
    """Return what a history made of the answer to the turn before; empty for another text."""
    heard = content.strip(" .…-")
    if content.strip() == answer.strip() and heard:
        return _SAME
    return _CUT if heard and answer.strip().startswith(heard) else ""


def _parts(message: Any, content: Any, tree: Tree, words: Sequence[str]) -> Iterator[Markup]:
    if isinstance(content, str) and content:
        yield tree.prose(content, words)
    elif isinstance(content, list):
        for part in content:
            yield _part(part, tree, words)
    if isinstance(message, dict):
        calls = message.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            yield _call(call.get("function") if isinstance(call, dict) else call, tree)
        if message.get("type") == "function_call":
            yield _call(message, tree)


def _part(part: Any, tree: Tree, words: Sequence[str]) -> Markup:
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            return tree.prose(part["text"], words)
        image = part.get("image_url")
        uri = image.get("url") if isinstance(image, dict) else image
        found = _URI.fullmatch(uri) if isinstance(uri, str) else None
        if found:
            return _picture(found, tree)
    return tree.block(part, (), ())


def _picture(uri: re.Match[str], tree: Tree) -> Markup:
    try:
        data = base64.b64decode(uri["data"], validate=True)
    except (binascii.Error, ValueError):
        return Markup('<span class="note">a data URI that is no base64</span>')
    return tree.picture(data, uri["type"])


def _call(function: Any, tree: Tree) -> Markup:
    if not isinstance(function, dict):
        return tree.block(function, (), ())
    name, arguments = function.get("name"), function.get("arguments")
    if not isinstance(arguments, str):
        return _CALL.format(shortened(str(name), most=_NAME), tree.block(arguments, (), ()))
    return _CALL.format(shortened(str(name), most=_NAME), tree.prose(arguments))
