"""A turn as a voice platform sends it: what is said, as bytes that are ready to be sent.

About 7 KB without a picture: a system prompt of 4 KB, twelve messages, four tools. The last user
message begins with a mark, such as `[p450k]`, by which the model knows which picture must be there.
"""

import json
from typing import Any

MODEL = "bench"

_RULE = (
    "Answer in one or two short sentences, as one speaks on the telephone. If you are not sure "
    "what a picture shows, say so, and ask for another one. Never read out a number of a card. "
)
_PROMPT = ("You are the voice of a shop for household goods. " + _RULE * 30)[:4096]

_SAID = (
    "Hello, I bought a coffee machine from you last week.",
    "Good morning! How nice. What can I do for you with your coffee machine today?",
    "It leaks a little at the bottom, whenever I make two cups one after the other.",
    "I am sorry to hear that. Is the water clear, or does it look like coffee?",
    "Clear, I think. It comes from somewhere behind the tank.",
    "Thank you. Could you take the tank out, and look whether the ring of rubber sits straight?",
    "I have done that, and it looks straight to me, but I am no expert.",
    "That is fine. A picture would help me more than words, if you can make one.",
    "Yes, I can do that with my phone. One moment please.",
    "Of course, take all the time that you need.",
    "What do you see in it?",
)

_TOOLS = ("end_call", "find_order", "send_spare_part", "call_a_person")


def conversation(mark: str) -> str:
    """Return the ID of the conversation to which a mark belongs."""
    return f"conv_bench_{mark}"


def body(mark: str, picture: str | None = None, *, paced: bool = False) -> bytes:
    """Return the JSON of a turn; `picture` is a data URI, attached as an endpoint would."""
    return json.dumps(_turn(mark, picture, paced=paced), separators=(",", ":")).encode()


def request(port: int, mark: str, picture: str | None = None, *, paced: bool = False) -> bytes:
    """Return a whole HTTP request on a kept connection, head and body."""
    content = body(mark, picture, paced=paced)
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        "Authorization: Bearer bench\r\n"
        "Content-Type: application/json\r\n"
        "Accept: text/event-stream\r\n"
        f"X-Conversation-Id: {conversation(mark)}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def _turn(mark: str, picture: str | None, *, paced: bool) -> dict[str, Any]:
    said: list[dict[str, Any]] = [{"role": "system", "content": _PROMPT}]
    said += [
        {"role": "assistant" if number % 2 else "user", "content": text}
        for number, text in enumerate(_SAID)
    ]
    last = f"[{mark}{' paced' if paced else ''}] {_SAID[-1]}"
    said[-1]["content"] = last if picture is None else _with_picture(last, picture)
    return {
        "messages": said,
        "model": MODEL,
        "temperature": 0.0,
        "max_tokens": 512,
        "stream": True,
        "tools": [_tool(name) for name in _TOOLS],
        "user_id": "bench-user",
    }


def _with_picture(text: str, picture: str) -> list[dict[str, Any]]:
    shown = {"type": "image_url", "image_url": {"url": picture, "detail": "high"}}
    return [{"type": "text", "text": text}, shown]


def _tool(name: str) -> dict[str, Any]:
    text = {"type": "string", "description": f"Why {name} is called, in the person's own words."}
    number = {"type": "string", "description": "The number of the order, if the person said it."}
    parameters = {
        "type": "object",
        "properties": {"reason": text, "order": number},
        "required": ["reason"],
    }
    why = f"Call {name} only after the person has agreed to it in so many words."
    function = {"name": name, "description": why, "parameters": parameters}
    return {"type": "function", "function": function}
