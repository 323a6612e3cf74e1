"""What the agent's prompt says now and did not say before.

A platform wraps the prompt that the agent's maker wrote in text of its own, and nothing says where
one ends. So wording that was replaced is only noted: makers do that every day. Sentences that were
added to a prompt that is otherwise the same, or taken out of it, are a difference: that is how it
looks when a platform wraps it anew. Only what every prompt of a recording says counts, and words
with digits (IDs, times, numbers) are not read.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from capture.drift.messages import history
from capture.drift.report import Change
from capture.drift.tools import descriptions
from capture.sessions import prompt_of
from contract.exchange import Exchange
from contract.roles import PROMPT_ROLES

_SENTENCES = re.compile(r"\n+|(?<=[.!?])\s+")
_NUMBERED = re.compile(r"(?<!\S)(?=\S*\d)\S+")
_LONGEST = 60
_VARIES = "\0"
_REPLACED = "the prompt is worded differently"


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said of words: a difference, or only notes."""

    change: Change | None
    notes: tuple[str, ...]


def wording(a: Sequence[Exchange], b: Sequence[Exchange]) -> Wording:
    """Return what the prompts and the descriptions of tools say differently."""
    before, now = _prompts(a), _prompts(b)
    gone, new, replaced = _aligned(before, now)
    notes = [_REPLACED] if replaced or (gone and new) else []
    notes += _tools(a, b)
    if bool(gone) == bool(new):
        return Wording(None, tuple(notes))
    said, count = (new or gone)[0], len(new or gone)
    a_count, b_count = ((sum(said in it for it in side), len(side)) for side in (before, now))
    more = f", and {count - 1} more" if count > 1 else ""
    text = f"{'new' if new else 'gone'}: “{_short(said)}”{more}"
    change = Change("changed", "messages", "prompt", "prompt", text, a_count, b_count, weight=70)
    return Wording(change, tuple(notes))


def _prompts(turns: Iterable[Exchange]) -> list[tuple[str, ...]]:
    """Return the sentences of each turn's prompt, of those that have one."""
    return [_sentences(prompt_of(turn.request)) for turn in turns if _has_prompt(turn)]


@lru_cache(maxsize=256)
def _sentences(prompt: str) -> tuple[str, ...]:
    found = (it.strip() for it in _SENTENCES.split(_NUMBERED.sub("…", prompt)))
    return tuple(sentence for sentence in found if sentence)


def _has_prompt(turn: Exchange) -> bool:
    body = turn.request.json()
    said = history(body) or []
    roles = [message.get("role") for message in said if isinstance(message, dict)]
    return any(role in PROMPT_ROLES for role in roles) or (
        isinstance(body, dict) and isinstance(body.get("instructions"), str)
    )


def _aligned(
    a: list[tuple[str, ...]], b: list[tuple[str, ...]]
) -> tuple[list[str], list[str], bool]:
    """Return the sentences that were taken out and put in, and whether others were replaced."""
    if not a or not b:
        return [], [], False
    before, now = _common(a), _common(b)
    gone: list[str] = []
    new: list[str] = []
    replaced = False
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    for kind, from_a, to_a, from_b, to_b in matcher.get_opcodes():
        replaced = replaced or kind == "replace"
        if kind in {"delete", "insert"}:
            gone += before[from_a:to_a]
            new += now[from_b:to_b]
    return _without(gone, b), _without(new, a), replaced


def _common(prompts: list[tuple[str, ...]]) -> list[str]:
    """Return the first prompt, with one mark in the place of what not all prompts say."""
    shared = set.intersection(*map(set, prompts))
    found: list[str] = []
    for sentence in prompts[0]:
        said = sentence if sentence in shared else _VARIES
        if said != _VARIES or found[-1:] != [_VARIES]:
            found.append(said)
    return found


def _without(sentences: list[str], known: list[tuple[str, ...]]) -> list[str]:
    every = {_VARIES}.union(*known)
    return [sentence for sentence in sentences if sentence not in every]


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST else sentence[: _LONGEST - 1].rstrip() + "…"


def _tools(a: Sequence[Exchange], b: Sequence[Exchange]) -> list[str]:
    before, now = _described(a), _described(b)
    changed = [name for name in sorted(before) if name in now and not before[name] & now[name]]
    return [f"described in other words: {', '.join(changed)}"] if changed else []


def _described(turns: Iterable[Exchange]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for turn in turns:
        body = turn.request.json()
        listed = body.get("tools") if isinstance(body, dict) else None
        for name, words in descriptions(listed if isinstance(listed, list) else []).items():
            found.setdefault(name, set()).add(words)
    return found
