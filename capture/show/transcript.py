"""A conversation as it was held: who said what, turn by turn, and only what is new in each turn.

Every turn sends the whole history again; what of it is new, and what was changed in what had been
said before, comes out by comparison with the turn before. Pure.

    the history goes on         what came to it; the agent's answer is not said twice
    it is the same              sent again, and why: cut short, failed, or still being answered
    the last words differ       heard again, or corrected: what stood there before
    of an answer the beginning  the person interrupted the agent: only that was spoken
    it is shorter               so many of its lines are gone
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from capture.answer import Answer, Call, answer_of
from capture.sessions import prompt_of, spoken
from capture.show.choosing import Numbered
from contract.exchange import Exchange, Request
from contract.roles import PROMPT_ROLES, speaker_of

_PICTURES = {"image_url", "input_image", "image"}


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody said in a history: words, tool calls, pictures."""

    role: str
    text: str
    calls: tuple[Call, ...] = ()
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of a conversation: what is new in it, and what was answered.

    `notes` are sentences on how its history differs from that of the turn before. `prompt` is the
    agent's prompt where it is new.
    """

    numbered: Numbered
    new: tuple[Utterance, ...]
    answer: Answer | None
    notes: tuple[str, ...] = ()
    prompt: str = ""


@dataclass(slots=True)
class _Before:
    """What is known from the turns before: the history, and what was answered to it."""

    turn: Numbered
    prompt: str
    history: tuple[Utterance, ...]
    answers: list[Answer]


def transcript(turns: Sequence[Numbered]) -> tuple[Turn, ...]:
    """Return the turns of one conversation, in order, each with what is new in it."""
    found: list[Turn] = []
    before: _Before | None = None
    for turn in turns:
        request = turn.exchange.request
        history, prompt = utterances(request), prompt_of(request)
        response = turn.exchange.response
        answer = answer_of(response) if response else None
        new, notes = (history, ()) if before is None else _compared(before, turn, history)
        is_new_prompt = prompt != (before.prompt if before else "")
        shown = prompt_text(request) if is_new_prompt else ""
        found.append(Turn(turn, new, answer, notes, shown))
        answers = before.answers if before and before.history == history else []
        before = _Before(turn, prompt, history, [*answers, *([answer] if answer else [])])
    return tuple(found)


def utterances(request: Request) -> tuple[Utterance, ...]:
    """Return what was said so far, without the agent's prompt."""
    return tuple(_utterance(it) for it in _messages(request) if speaker_of(it) not in PROMPT_ROLES)


def prompt_text(request: Request) -> str:
    """Return the agent's prompt as it is written."""
    texts = [spoken(it) for it in _messages(request) if speaker_of(it) in PROMPT_ROLES]
    body = request.json()
    instructions = body.get("instructions") if isinstance(body, dict) else None
    return "\n".join([*texts, *([instructions] if isinstance(instructions, str) else [])])


def _messages(request: Request) -> Iterator[dict[str, Any]]:
    """Yield the messages of a chat completions or a Responses body."""
    body = request.json()
    messages = body.get("messages", body.get("input")) if isinstance(body, dict) else None
    if isinstance(messages, str):
        yield {"role": "user", "content": messages}
    elif isinstance(messages, list):
        silent = {"reasoning", "item_reference"}  # items of the Responses API that nobody said
        yield from (
            it for it in messages if isinstance(it, dict) and str(it.get("type")) not in silent
        )


def _utterance(message: dict[str, Any]) -> Utterance:
    calls = message.get("tool_calls")
    items = calls if isinstance(calls, list) else []
    if message.get("type") == "function_call":
        items = [{"function": message}]
    content = message.get("content", message.get("output"))
    parts = content if isinstance(content, list) else []
    pictures = sum(isinstance(part, dict) and str(part.get("type")) in _PICTURES for part in parts)
    return Utterance(speaker_of(message), spoken(message), tuple(map(_call, items)), pictures)


def _call(item: Any) -> Call:
    function = item.get("function") if isinstance(item, dict) else None
    if not isinstance(function, dict):
        return Call("")
    return Call(str(function.get("name", "")), str(function.get("arguments", "")))


def _compared(
    before: _Before, turn: Numbered, now: tuple[Utterance, ...]
) -> tuple[tuple[Utterance, ...], tuple[str, ...]]:
    """Return what is new in a history, and notes on how it differs from the one before."""
    common = _common(before.history, now)
    gone, new = before.history[common:], now[common:]
    if not gone and not new:
        return (), (_why_again(before.turn, turn.exchange),)
    if not gone:
        return _without_answer(before, new)
    if not new:
        lines = "line is" if len(gone) == 1 else f"{len(gone)} lines are"
        return (), (f"the history is shorter: its last {lines} gone",)
    if _is_beginning(new[0], gone[0].text):
        return new, ("interrupted: of the answer only the beginning was spoken",)
    if len(gone) == 1 and gone[0].role == new[0].role == "user":
        return new, (f"revised: before, it was {_quoted(gone[0].text)}",)
    return new, (f"corrected: the history is another from line {common + 1} on",)


def _without_answer(
    before: _Before, new: tuple[Utterance, ...]
) -> tuple[tuple[Utterance, ...], tuple[str, ...]]:
    """Return what came to a history, without what the agent was seen to answer."""
    first = new[0]
    if first.role != "assistant" or not before.answers:
        return new, ()
    if any(_is_answer(first, answer) for answer in before.answers):
        calls = len(first.calls) or len(before.answers[-1].calls)
        rest = new[1:]
        # The Responses API has an item of its own for each call.
        while calls and rest and rest[0].role == "assistant" and rest[0].calls:
            rest = rest[1:]
        return rest, ()
    if any(_is_beginning(first, answer.text) for answer in before.answers):
        return new, ("interrupted: of the answer only the beginning was spoken",)
    return new, ("the history has another answer than the one that was given",)


def _is_answer(said: Utterance, answer: Answer) -> bool:
    if said.text or answer.text:
        return _plain(said.text) == _plain(answer.text)
    return [call.name for call in said.calls] == list(answer.tools[: len(said.calls) or None])


def _is_beginning(said: Utterance, whole: str) -> bool:
    """Tell whether an agent's words are the beginning of an answer, and no more of it."""
    text, rest = _plain(said.text), _plain(whole)
    return said.role == "assistant" and bool(text) and rest.startswith(text) and text != rest


def _plain(text: str) -> str:
    """Return words without what a platform changes in them: white space, and marks at the end."""
    return " ".join(text.split()).rstrip(" .…-")


def _why_again(before: Numbered, now: Exchange) -> str:
    """Return why a turn was sent again."""
    then, number = before.exchange, before.number
    if then.response is None:
        return f"sent again: {number} had no answer"
    if not then.complete:
        return f"sent again: {number} was cut short"
    if then.response.status >= 400 or answer_of(then.response).error:  # noqa: PLR2004
        return f"sent again: {number} failed"
    if then.duration and now.started < then.started + timedelta(milliseconds=then.duration):
        return f"sent again while {number} was being answered"
    return f"sent again: the same as {number}"


def _common(before: Sequence[Utterance], after: Sequence[Utterance]) -> int:
    """Return how many lines two histories have in common from the start."""
    pairs = zip(before, after, strict=False)
    return next(
        (at for at, (one, other) in enumerate(pairs) if one != other),
        min(len(before), len(after)),
    )


def _quoted(text: str) -> str:
    return f"“{text}”" if text.strip() else "silence"
