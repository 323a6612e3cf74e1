"""An answer in OpenAI's chat completions format, whole or as the chunks of a stream.

Pure. The form is that of OpenAI's API reference ("The chat completion object", "The chat completion
chunk object"): the role comes first and alone, then the content or the tool call in pieces, then a
chunk with nothing but `finish_reason`, then the usage if it was asked for.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contract import jsontext
from rehearsal.answer import Call, Say
from rehearsal.asked import Asked
from rehearsal.eyes import Seen
from rehearsal.messages import Json

FINGERPRINT: Final = "fp_stand_in_no_real_model"
"""Says in every answer, a tool call included, that a stand-in speaks."""

DONE: Final = b"data: [DONE]\n\n"

_CHARACTERS_PER_TOKEN: Final = 4
_TOKENS_PER_PICTURE: Final = 85
_TOKENS_PER_TILE: Final = 170


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


def usage(asked: Asked, seen: Sequence[Seen], answer: Say | Call) -> Json:
    """Return an estimate of the tokens: text by its length, pictures as gpt-4o at detail high."""
    prompt = len(asked.text) // _CHARACTERS_PER_TOKEN + sum(map(picture_tokens, seen))
    return {
        "prompt_tokens": prompt,
        "completion_tokens": len(answer.pieces),
        "total_tokens": prompt + len(answer.pieces),
    }


def picture_tokens(seen: Seen) -> int:
    """Return what gpt-4o counts for a picture at detail high (OpenAI, "Calculating costs").

    Fitted into 2048 x 2048, then the shortest side to 768, then tiles of 512 x 512.
    """
    scale = min(1.0, 2048 / max(seen.width, seen.height))
    scale = min(scale, 768 / min(seen.width, seen.height))
    tiles = math.ceil(seen.width * scale / 512) * math.ceil(seen.height * scale / 512)
    return _TOKENS_PER_PICTURE + _TOKENS_PER_TILE * tiles
