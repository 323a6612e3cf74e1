"""An answer in OpenAI's chat completions format, whole or as the chunks of a stream.

Pure. The form is that of OpenAI's API reference ("The chat completion object", "The chat completion
chunk object"): the role comes first and alone, then the content or the tool call in pieces, then a
chunk with nothing but `finish_reason`, then the usage if it was asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from contract import jsontext
from rehearsal.answer import Call, Say
from rehearsal.asked import Json
from rehearsal.counting import Counted
from rehearsal.spoken import Spoken

FINGERPRINT: Final = "fp_stand_in_no_real_model"
"""Says in every answer, a tool call included, that a stand-in speaks."""

DONE: Final = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer and what identifies it.

    `created` is Unix time in seconds; `call_id` names the tool call, if there is one.
    """

    id: str
    created: int
    model: str
    answer: Say | Call
    call_id: str
    usage: Json

    @property
    def finish_reason(self) -> str:
        """Why the answer ends, in OpenAI's words."""
        if isinstance(self.answer, Call):
            return "tool_calls"
        return "length" if self.answer.cut else "stop"

    def whole(self) -> Json:
        """Return the answer to a request that did not ask for a stream."""
        message: Json = {"role": "assistant", "content": None, "refusal": None, "annotations": []}
        if isinstance(self.answer, Call):
            message["tool_calls"] = [self._call(self.answer, self.answer.arguments)]
        else:
            message["content"] = self.answer.text
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": self.finish_reason,
        }
        return self._head("chat.completion") | {"choices": [choice], "usage": self.usage}

    def chunks(self, *, include_usage: bool) -> Iterator[Json]:
        """Yield the chunks of the stream, without the final `[DONE]`."""
        last = {"usage": None} if include_usage else {}
        for delta in self._deltas():
            yield self._chunk([_choice(delta)]) | last
        yield self._chunk([_choice({}, self.finish_reason)]) | last
        if include_usage:
            yield self._chunk([]) | {"usage": self.usage}

    def stream(self, *, include_usage: bool) -> Iterator[bytes]:
        """Yield what is sent at a time: a chunk; the last one with the final `[DONE]`."""
        *before, last = map(event, self.chunks(include_usage=include_usage))
        yield from before
        yield last + DONE

    def _deltas(self) -> Iterator[Json]:
        if isinstance(self.answer, Say):
            yield {"role": "assistant", "content": "", "refusal": None}
            for piece in self.answer.pieces:
                yield {"content": piece}
            return
        call = {"index": 0} | self._call(self.answer, "")
        yield {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}
        for piece in self.answer.pieces:
            yield {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}

    def _call(self, call: Call, arguments: str) -> Json:
        function = {"name": call.name, "arguments": arguments}
        return {"id": self.call_id, "type": "function", "function": function}

    def _chunk(self, choices: list[Json]) -> Json:
        return self._head("chat.completion.chunk") | {"choices": choices}

    def _head(self, kind: str) -> Json:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "service_tier": "default",
            "system_fingerprint": FINGERPRINT,
        }


def _choice(delta: Json, finish_reason: str | None = None) -> Json:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def event(value: Any) -> bytes:
    """Return one server-sent event with a JSON value."""
    return f"data: {jsontext.encode(value)}\n\n".encode()


def completion(body: Json, spoken: Spoken) -> Completion:
    """Return what was said to a request that `request.read` took, in this format."""
    return Completion(
        id=f"chatcmpl-{spoken.token}",
        created=spoken.created,
        model=body["model"],
        answer=spoken.answer,
        call_id=f"call_{spoken.token}",
        usage=usage(spoken.counted),
    )


def usage(counted: Counted) -> Json:
    """Return the count of tokens in the words of this API."""
    return {
        "prompt_tokens": counted.prompt,
        "completion_tokens": counted.answer,
        "total_tokens": counted.prompt + counted.answer,
        "prompt_tokens_details": {"cached_tokens": counted.cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
