"""Voice platforms, a function each: from a draft to the request that it sends.

Where the ID stands is not decided here but by what a kind puts into the draft; what a platform
always sends beside it, is.
"""

from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

from bench.locate import forms
from bench.locate.draft import Draft, Request

Platform: TypeAlias = Callable[[Draft], Request]

_END_CALL = {
    "type": "function",
    "function": {
        "name": "end_call",
        "description": "End the call when the person says goodbye.",
        "parameters": {"type": "object", "properties": {"reason": {"type": "string"}}},
    },
}
_LOOK_UP = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Look up an article by its number.",
        "parameters": {
            "type": "object",
            "properties": {"number": {"type": "integer"}},
            "required": ["number"],
        },
    },
}


def elevenlabs(dice: Random, *, role: str = "system", parts: bool = False) -> Platform:
    """Return ElevenLabs with chat completions; `parts` sends the prompt as a list of parts."""
    secret = f"Bearer {forms.letters(dice, 'abcdefghijklmnopqrstuvwxyz0123456789', 32)}"
    model = dice.choice(("gpt-4o", "gpt-4o-mini", "custom"))
    tools = dice.choice(([_END_CALL], [_END_CALL, _LOOK_UP], None))
    limit = dice.choice((-1, 1024, 8192))

    def request(draft: Draft) -> Request:
        _usual(draft, secret, "Python/3.11 aiohttp/3.12.15")
        body: dict[str, Any] = {"messages": _messages(draft, role, parts=parts), "model": model}
        body |= {"temperature": 0.0, "max_tokens": limit, "stream": True}
        body |= {"tools": tools} if tools else {}
        return draft.finished(body | draft.extra)

    return request


def elevenlabs_responses(dice: Random, *, prompt_in: str = "instructions") -> Platform:
    """Return ElevenLabs with the Responses API: the prompt in `instructions` or in the input."""
    secret = f"Bearer {forms.letters(dice, 'abcdefghijklmnopqrstuvwxyz0123456789', 32)}"

    def request(draft: Draft) -> Request:
        draft.path[-2:] = ["responses"]
        _usual(draft, secret, "Python/3.11 aiohttp/3.12.15")
        body: dict[str, Any] = {"model": "gpt-4o", "stream": True, "max_output_tokens": 1024}
        history = list(draft.history or ())
        if prompt_in == "instructions":
            body |= {"instructions": draft.prompt, "input": history}
        elif prompt_in == "text":
            said = history[-1]["content"] if history else ""
            body |= {"instructions": draft.prompt, "input": said}
        else:
            body |= {"input": _messages(draft, "developer", parts=prompt_in == "parts")}
        return draft.finished(body | draft.extra)

    return request


def vapi(dice: Random) -> Platform:
    """Return Vapi: chat completions with `call`, `assistant`, `phoneNumber` and `customer`."""
    org, assistant, line = forms.uuid(dice), forms.uuid(dice), forms.uuid(dice)

    def request(draft: Draft) -> Request:
        call = draft.turn.call
        draft.headers += [("User-Agent", "axios/1.7.9"), ("Content-Type", "application/json")]
        draft.headers += [("Authorization", "Bearer no-key-needed")]
        draft.path = ["v1", "chat", "completions"]
        body: dict[str, Any] = {"model": "gpt-4o", "messages": _messages(draft, "system")}
        body |= {"temperature": 0.7, "stream": True, "max_tokens": 250}
        body["call"] = {
            "orgId": org,
            "createdAt": call.start.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "updatedAt": call.start.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "type": "inboundPhoneCall",
            "status": "in-progress",
            "assistantId": assistant,
            "phoneNumberId": line,
        }
        call_of = draft.extra.pop("call", {})
        body["call"] = call_of | body["call"]
        body["assistant"] = {"id": assistant, "orgId": org, "name": "Front desk"}
        body["phoneNumber"] = {"id": line, "number": "+15550100000"}
        body["customer"] = {"number": f"+{call.person.phone}"}
        body["timestamp"] = int(draft.turn.at.timestamp() * 1000)
        return draft.finished(body | draft.extra)

    return request


def fish(dice: Random) -> Platform:
    """Return Fish Audio's agents."""
    agent = forms.hex32(dice)

    def request(draft: Draft) -> Request:
        _usual(draft, "Bearer fish-secret", "fish-agent/1.2")
        body: dict[str, Any] = {"model": "custom", "messages": _messages(draft, "system")}
        body |= {"stream": True, "agent_id": agent}
        return draft.finished(body | draft.extra)

    return request


def hume(dice: Random) -> Platform:
    """Return Hume EVI: messages with prosody scores, and the session in the query."""
    config = forms.uuid(dice)

    def request(draft: Draft) -> Request:
        draft.path = ["chat", "completions"]
        draft.headers += [("User-Agent", "hume-evi"), ("Content-Type", "application/json")]
        messages = [
            one | {"time": {"begin": 1000 * at, "end": 1000 * at + 800}, "models": _prosody(at)}
            for at, one in enumerate(_messages(draft, "system"))
        ]
        body = {"messages": messages, "stream": True, "config_id": config}
        return draft.finished(body | draft.extra)

    return request


def _prosody(at: int) -> dict[str, Any]:
    return {"prosody": {"scores": {"Calmness": round(0.31 + at / 997, 4), "Joy": 0.02}}}


def tavus(dice: Random) -> Platform:
    """Return Tavus: chat completions, lower-case headers."""
    replica = f"r{forms.letters(dice, '0123456789abcdef', 10)}"

    def request(draft: Draft) -> Request:
        _usual(draft, "Bearer tavus-key", "OpenAI/Python 1.59.7")
        draft.headers += [("x-stainless-retry-count", "0"), ("x-stainless-lang", "python")]
        body: dict[str, Any] = {"model": "custom", "messages": _messages(draft, "system")}
        body |= {"stream": True, "stream_options": {"include_usage": True}, "user": replica}
        return draft.finished(body | draft.extra)

    return request


def telnyx(dice: Random) -> Platform:
    """Return Telnyx: chat completions with `extra_metadata`."""
    assistant = f"assistant-{forms.uuid(dice)}"

    def request(draft: Draft) -> Request:
        _usual(draft, "Bearer telnyx-key", "telnyx-ai/2.1")
        metadata = {
            "assistant_id": assistant,
            "telnyx_end_user_target": f"+{draft.turn.call.person.phone}",
        }
        metadata |= draft.extra.pop("extra_metadata", {})
        body: dict[str, Any] = {"model": "gpt-4o", "messages": _messages(draft, "system")}
        body |= {"stream": True, "extra_metadata": metadata}
        return draft.finished(body | draft.extra)

    return request


def layercode(dice: Random, *, as_chat: bool) -> Platform:
    """Return Layercode: its own webhook with a text, or the same fields beside messages."""
    agent = f"ag-{forms.letters(dice, '0123456789', 6)}"

    def request(draft: Draft) -> Request:
        draft.path = ["v1", "chat", "completions"] if as_chat else ["api", "agent"]
        draft.headers += [("Content-Type", "application/json"), ("User-Agent", "layercode")]
        draft.headers += [
            (
                "layercode-signature",
                f"t={int(draft.turn.at.timestamp())},v1={forms.hex32(draft.turn.dice)}",
            )
        ]
        history = draft.history or ()
        said = history[-1]["content"] if history else ""
        body: dict[str, Any] = {
            "type": "message",
            "agent_id": agent,
            "turn_id": forms.hex32(draft.turn.dice),
        }
        body |= (
            {"messages": _messages(draft, "system"), "stream": True} if as_chat else {"text": said}
        )
        return draft.finished(body | draft.extra)

    return request


def by_sdk(dice: Random) -> Platform:
    """Return a worker of LiveKit or Pipecat: the official client, with headers of one's own."""
    agent = dice.choice(("AsyncOpenAI/Python 1.99.1", "OpenAI/JS 5.8.2"))

    def request(draft: Draft) -> Request:
        _usual(draft, "Bearer sk-local", agent)
        draft.headers += [("X-Stainless-Async", "true"), ("X-Stainless-Runtime", "CPython")]
        body: dict[str, Any] = {"model": "gpt-4.1", "messages": _messages(draft, "system")}
        body |= {"stream": True, "stream_options": {"include_usage": True}}
        return draft.finished(body | draft.extra, indent=2)

    return request


def _usual(draft: Draft, secret: str, agent: str) -> None:
    draft.headers[:0] = [
        ("Authorization", secret),
        ("Content-Type", "application/json"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("User-Agent", agent),
    ]


def _messages(draft: Draft, role: str, *, parts: bool = False) -> list[dict[str, Any]]:
    if draft.history is None:
        return []
    content: Any = [{"type": "text", "text": draft.prompt}] if parts else draft.prompt
    messages: list[dict[str, Any]] = [{"role": role, "content": content}]
    if draft.second is not None:
        messages.append({"role": role, "content": draft.second})
    return messages + [dict(one) for one in draft.history]
