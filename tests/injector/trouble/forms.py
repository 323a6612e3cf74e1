"""The two forms of OpenAI's API: how a turn asks, how an answer streams, and what it says."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contract import answer, responses, sse
from tests.injector.trouble.scripted import Act, Step, Then, stream

WORDS = ("It ", "is ", "a ", "🐈.")
SENTENCE = "I'm sorry, I can't answer right now. Please say that again."
GREETING = "Hello!"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the API.

    `opening` is what a stream begins with and says nothing, `word` makes the event of a text, and
    `ending` ends the stream. `nothing` is a stream that is whole and says nothing. `whole` is the
    answer to a turn that is not streamed, `asked` the member that holds the history.
    """

    name: str
    route: str
    asked: str
    opening: bytes
    word: Callable[[str], bytes]
    ending: bytes
    nothing: bytes
    error: bytes
    whole: dict[str, Any]
    picture: Callable[[str], dict[str, Any]]

    def __str__(self) -> str:
        return self.name

    @property
    def spoken(self) -> bytes:
        """Return a whole good stream, which says `WORDS`."""
        return self.opening + b"".join(map(self.word, WORDS)) + self.ending

    def good(self, *, then: Then = Then.KEEP, pause: float = 0.0) -> Act:
        """Return the act of a good stream, an event for each chunk."""
        steps: list[Step] = [self.opening]
        for word in WORDS:
            steps += [self.word(word), pause] if pause else [self.word(word)]
        return stream(*steps, self.ending, then=then)

    def turn(self, *, text: Any = "What do you see?", **more: Any) -> dict[str, Any]:
        """Return the body of a streamed turn."""
        said = [{"role": "user", "content": text}]
        return {"model": "gpt-4o", self.asked: said, "stream": True} | more


def event(value: dict[str, Any], *, named: bool = False) -> bytes:
    """Return a value as an event, with its `type` as the event's name where it is `named`."""
    name = f"event: {value['type']}\n" if named else ""
    return f"{name}data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def delta(value: dict[str, Any], *, finish: str | None = None) -> bytes:
    """Return a chunk of a chat completion."""
    choice = {"index": 0, "delta": value, "logprobs": None, "finish_reason": finish}
    return event(_CHUNK | {"choices": [choice]})


_CHUNK = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1_700_000_000,
    "model": "gpt-4o-2024-08-06",
}
_FINISH = delta({}, finish="stop")
DONE = b"data: [DONE]\n\n"


def happened(kind: str, **more: Any) -> bytes:
    """Return an event of a Responses stream."""
    return event({"type": kind, "sequence_number": 0} | more, named=True)


def response(status: str, text: str | None = None, **more: Any) -> dict[str, Any]:
    """Return an object of the Responses API."""
    content: list[Any] = [{"type": "output_text", "text": text, "annotations": []}]
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
    value: dict[str, Any] = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_700_000_000,
        "model": "gpt-4o",
        "status": status,
        "error": None,
        "output": [message | {"content": content}] if text is not None else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }
    return value | more


_AT: dict[str, Any] = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
_PART = {"type": "output_text", "text": "", "annotations": []}
_MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress"}

BEGUN = happened("response.created", response=response("in_progress"))
MESSAGE = happened("response.output_item.added", output_index=0, item=_MESSAGE | {"content": []})
PART = happened("response.content_part.added", **_AT, part=_PART)
FAILED = happened(
    "response.failed",
    response=response("failed", error={"code": "server_error", "message": "it was"}),
)

CHAT = Form(
    name="chat",
    route="/v1/chat/completions",
    asked="messages",
    opening=b": hello\n\n" + delta({"role": "assistant", "content": "", "refusal": None}),
    word=lambda text: delta({"content": text}),
    ending=_FINISH + DONE,
    nothing=delta({"role": "assistant", "content": ""}) + _FINISH + DONE,
    error=event({"error": {"message": "it was", "type": "server_error", "code": None}}),
    whole={
        "id": "chatcmpl-2",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "gpt-4o",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": "It is a 🐈."},
            }
        ],
    },
    picture=lambda uri: {"type": "image_url", "image_url": {"url": uri}},
)
RESPONSES = Form(
    name="responses",
    route="/v1/responses",
    asked="input",
    opening=BEGUN
    + happened("response.in_progress", response=response("in_progress"))
    + MESSAGE
    + PART,
    word=lambda text: happened("response.output_text.delta", **_AT, delta=text, logprobs=[]),
    ending=happened("response.output_text.done", **_AT, text="".join(WORDS), logprobs=[])
    + happened("response.completed", response=response("completed", "".join(WORDS))),
    nothing=BEGUN + happened("response.completed", response=response("completed")),
    error=happened("error", code="server_error", message="it was", param=None),
    whole=response("completed", "It is a 🐈."),
    picture=lambda uri: {"type": "input_image", "image_url": uri, "detail": "auto"},
)
FORMS = (CHAT, RESPONSES)


def said(form: Form, body: bytes) -> str:
    """Return the text that a stream says."""
    values = [one.data for one in sse.decode(body) if one.data not in {None, answer.DONE}]
    events = [json.loads(value or "") for value in values]
    if form is RESPONSES:
        return "".join(responses.said_in_event(one).text for one in events)
    return "".join(answer.said(one, "delta").text for one in events)


def pictures(body: Any) -> list[str]:
    """Return the data URIs of all the pictures in a request's body, of either form."""
    if isinstance(body, dict):
        url = body.get("image_url")
        if url is not None:
            return [url if isinstance(url, str) else url["url"]]
        return [one for value in body.values() for one in pictures(value)]
    return [one for value in body for one in pictures(value)] if isinstance(body, list) else []
