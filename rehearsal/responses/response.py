"""An answer in the format of OpenAI's Responses API, whole or as the events of a stream.

Pure. The form is that of OpenAI's API reference ("The response object", "Streaming events") and of
the official client's types. Each event has a name, says it again as its `type`, and is numbered;
the last one holds the whole answer once more, with the usage. OpenAI sends no `[DONE]` here. The
padding that it adds to deltas (`obfuscation`) is left out, as with `include_obfuscation: false`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from contract import jsontext
from rehearsal.answer import Call
from rehearsal.asked import Json
from rehearsal.counting import Counted
from rehearsal.spoken import Spoken

_ECHOED: Final[Json] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "reasoning": {"effort": None, "summary": None},
    "safety_identifier": None,
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
"""What a response says again of its request, with what holds where the request says nothing."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, and the request that it answers; `body` is one that `request.read` took."""

    body: Json
    spoken: Spoken

    @property
    def status(self) -> str:
        """How the answer ended, in OpenAI's words."""
        return "incomplete" if self._is_cut else "completed"

    def whole(self) -> Json:
        """Return the answer to a request that did not ask for a stream."""
        reason = {"reason": "max_output_tokens"} if self._is_cut else None
        return self._response(self.status) | {
            "completed_at": self.spoken.created,
            "incomplete_details": reason,
            "output": [self._item(self.status)],
            "usage": usage(self.spoken.counted),
        }

    def stream(self, *, include_usage: bool = True) -> Iterator[bytes]:
        """Yield what is sent at a time: a delta with the events before it, then the rest.

        The usage is in the last event, whether it was asked for or not.
        """
        del include_usage
        numbers, together = count(), b""
        for event in self.events():
            together += _encoded(event | {"sequence_number": next(numbers)})
            if event["type"].endswith(".delta"):
                yield together
                together = b""
        yield together

    def events(self) -> Iterator[Json]:
        """Yield the events of the stream, without their numbers."""
        begun = self._response("in_progress")
        yield {"type": "response.created", "response": begun}
        yield {"type": "response.in_progress", "response": begun}
        yield {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": self._item("in_progress"),
        }
        yield from self._arguments() if isinstance(self.spoken.answer, Call) else self._words()
        yield {
            "type": "response.output_item.done",
            "output_index": 0,
            "item": self._item(self.status),
        }
        yield {"type": f"response.{self.status}", "response": self.whole()}

    def _words(self) -> Iterator[Json]:
        at = {"item_id": self._item_id, "output_index": 0, "content_index": 0}
        text = self._text
        yield {"type": "response.content_part.added", "part": _part("")} | at
        for piece in self.spoken.answer.pieces:
            yield {"type": "response.output_text.delta", "delta": piece, "logprobs": []} | at
        yield {"type": "response.output_text.done", "text": text, "logprobs": []} | at
        yield {"type": "response.content_part.done", "part": _part(text)} | at

    def _arguments(self) -> Iterator[Json]:
        at = {"item_id": self._item_id, "output_index": 0}
        call = self.spoken.answer
        for piece in call.pieces:
            yield {"type": "response.function_call_arguments.delta", "delta": piece} | at
        yield {
            "type": "response.function_call_arguments.done",
            "arguments": "".join(call.pieces),
            "name": call.name if isinstance(call, Call) else "",
        } | at

    def _item(self, status: str) -> Json:
        begun = status == "in_progress"
        head: Json = {"id": self._item_id, "status": status}
        if isinstance(self.spoken.answer, Call):
            return head | {
                "type": "function_call",
                "call_id": f"call_{self.spoken.token}",
                "name": self.spoken.answer.name,
                "arguments": "" if begun else self.spoken.answer.arguments,
            }
        content = [] if begun else [_part(self._text)]
        return head | {"type": "message", "role": "assistant", "content": content}

    def _response(self, status: str) -> Json:
        echoed = {
            name: default if self.body.get(name) is None else self.body[name]
            for name, default in _ECHOED.items()
        }
        return {
            "id": f"resp_{self.spoken.token}",
            "object": "response",
            "created_at": self.spoken.created,
            "status": status,
            "completed_at": None,
            "error": None,
            "incomplete_details": None,
            "model": self.body["model"],
            "output": [],
            "service_tier": "default",
            "usage": None,
        } | echoed

    @property
    def _is_cut(self) -> bool:
        return not isinstance(self.spoken.answer, Call) and self.spoken.answer.cut

    @property
    def _item_id(self) -> str:
        kind = "fc" if isinstance(self.spoken.answer, Call) else "msg"
        return f"{kind}_{self.spoken.token}"

    @property
    def _text(self) -> str:
        return "".join(self.spoken.answer.pieces)


def usage(counted: Counted) -> Json:
    """Return the count of tokens in the words of this API."""
    return {
        "input_tokens": counted.prompt,
        "input_tokens_details": {"cached_tokens": counted.cached, "cache_write_tokens": 0},
        "output_tokens": counted.answer,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": counted.prompt + counted.answer,
    }


def _part(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _encoded(event: Any) -> bytes:
    return f"event: {event['type']}\ndata: {jsontext.encode(event)}\n\n".encode()
