"""How a place is called, and what its name says of the values there."""

import re

from capture.drift.outline import ELEMENT, Steps
from capture.drift.report import Group
from capture.locate import names
from capture.locate.vocabulary import About, Standing
from contract.fieldpath import FieldPath, pointer

_GROUPS: dict[str, Group] = {
    "request": "requests",
    "query": "requests",
    "headers": "headers",
    "body": "body",
    "messages": "messages",
    "order": "messages",
    "tools": "tools",
    "answers": "answers",
    "stream": "answers",
    "object": "answers",
}

_PARAMETERS = frozenset(
    {"effort", "environment", "env", "frequency penalty", "include usage", "logit bias", "logprobs"}
    | {"max completion tokens", "max output tokens", "max tokens", "model", "n"}
    | {"parallel tool calls", "presence penalty", "reasoning", "reasoning effort"}
    | {"response format", "seed", "service tier", "stop", "stream", "stream options"}
    | {"temperature", "tool choice", "top k", "top logprobs", "top p", "truncation", "verbosity"}
    | {"accept", "accept encoding", "accept language", "api version"}
    | {"content encoding", "content type", "sdk version", "transfer encoding", "user agent"}
    | {"version"}
)
"""Names of what somebody chose once, for the model or for the protocol, and not for a call."""

_PERSONAL = frozenset(
    {About.LOGIN, About.OTHER_CALL, About.TRACE, About.WHEN, About.WHERE, About.WHO}
)
"""What names are about whose values are other ones with each caller, time or request."""

_SECRETS = frozenset(
    {"apikey", "auth", "code", "cookie", "jwt", "key", "password", "secret", "sig", "signature"}
    | {"authorization", "bearer", "credential", "credentials", "token"}
)

_OURS = frozenset({"content-length", "host", "date"})  # of no platform's choosing
_CHOSEN = frozenset({"user-agent", "authorization"})
"""Headers named like a person's: one says the platform's software, of the other only the scheme is
compared."""


def group_of(steps: Steps) -> Group:
    """Return what a place belongs to."""
    return _GROUPS[steps[0]]


def name_of(steps: Steps) -> str:
    """Return how a person calls a place."""
    top, *rest = steps
    if top == "messages":
        kind, inside = rest[0], pointer(tuple(rest[2:]))
        return f"{kind} message {inside}".strip()
    if top == "order":
        return "roles before the first words" if rest == ["opening"] else f"role {rest[-1]}"
    if top == "body":
        return pointer(tuple(rest)) or "the whole"
    if top == "query":
        return f"query {rest[-1]}"
    if top in {"stream", "object"}:
        return " ".join(step for step in rest if step not in {ELEMENT, ""}) or top
    return "HTTP version" if rest == ["version"] else " ".join(rest)


def expression_of(steps: Steps) -> str:
    """Return a place for machines: a field path, or of what has none, its steps."""
    top, *rest = steps
    if top == "headers" and rest:
        return f"$request.header.{rest[0]}"
    if top == "query" and rest:
        return f"$request.query.{rest[0]}"
    if top == "body":
        return "$request.body#" + pointer(tuple(rest))
    return top + pointer(tuple(rest))


def is_secret(steps: Steps) -> bool:
    """Tell whether a place's name, or that of what it is in, says that its values are secrets."""
    if steps[0] not in {"headers", "query", "body"} or steps[-1] in _CHOSEN:
        return False
    return any(not _SECRETS.isdisjoint(re.findall(r"[a-z]+", it.lower())) for it in steps[1:])


def is_ours(steps: Steps) -> bool:
    """Tell whether a header's value says nothing of the platform."""
    return steps[0] == "headers" and steps[-1] in _OURS


def is_parameter(steps: Steps) -> bool:
    """Tell whether somebody chose a place's value, so that one conversation is enough to see it."""
    if steps[0] not in {"headers", "query", "body"} or steps[-1] in _CHOSEN:
        return True
    # `/reasoning/effort` is the model's as well: in the body, its own object says so.
    words = {names.words(step).removeprefix("x ") for step in (*steps[1:2], *steps[-1:])}
    return not is_id(steps) and not words.isdisjoint(_PARAMETERS)


def is_personal(steps: Steps) -> bool:
    """Tell whether a place's name says who calls, from where, when, or in which request."""
    if is_parameter(steps) or is_id(steps) or len(steps) == 1:
        return False
    return names.against(_path(steps)) in _PERSONAL


def is_id(steps: Steps) -> bool:
    """Tell whether a place is named as a conversation's ID is; the whole of a body has no name."""
    return len(steps) > 1 and names.standing(names.name_of(_path(steps))) != Standing.NONE


def _path(steps: Steps) -> FieldPath:
    if steps[0] == "headers":
        return FieldPath("header", steps[1:])
    if steps[0] == "query":
        return FieldPath("query", steps[1:])
    return FieldPath("body", steps[1:])
