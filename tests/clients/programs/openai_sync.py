"""The official client for Python, synchronous, chunk by chunk as its documentation shows."""

import asyncio
from collections import defaultdict
from typing import Any

from openai import NotGiven, OpenAI, Stream
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall
from openai.types.responses import ResponseStreamEvent

from tests.clients.programs import lines
from tests.clients.programs.lines import MODEL, Heard, Talk


class Chat(lines.ChatTalk):
    """A conversation in chat completions."""

    def __init__(self, client: OpenAI) -> None:
        super().__init__()
        self._client = client

    async def hear(self, timeout: float | None = None) -> Heard:
        heard, calls = Heard(), defaultdict[int, lines.Call](lines.Call)
        with self._asking(self.history, timeout) as stream:
            heard.headers = lines.ours(stream.response.headers)
            for chunk in stream:
                if chunk.usage is not None:
                    heard.tokens = chunk.usage.total_tokens
                for choice in chunk.choices:
                    heard.text += choice.delta.content or ""
                    heard.pieces += bool(choice.delta.content or choice.delta.tool_calls)
                    for piece in choice.delta.tool_calls or ():
                        _take(calls[piece.index], piece)
        self.history.append(_message(heard.text, list(calls.values())))
        self.asked = [call.id for call in calls.values()]
        heard.calls = [call.function for call in calls.values()]
        return heard

    async def leave(self, text: str) -> None:
        with self._asking([*self.history, lines.said(text)]) as stream:
            for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    break

    def _asking(
        self, messages: list[Any], timeout: float | None = None
    ) -> Stream[ChatCompletionChunk]:
        return self._client.chat.completions.create(
            model=MODEL,
            messages=messages,
            tools=lines.CHAT_TOOLS,
            stream=True,
            stream_options={"include_usage": True},
            timeout=NotGiven() if timeout is None else timeout,
        )


def _take(call: lines.Call, piece: ChoiceDeltaToolCall) -> None:
    call.id += piece.id or ""
    if piece.function is not None:
        call.function["name"] += piece.function.name or ""
        call.function["arguments"] += piece.function.arguments or ""


def _message(text: str, calls: list[lines.Call]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    made = [{"id": call.id, "type": "function", "function": call.function} for call in calls]
    return message | ({"tool_calls": made} if made else {})


class Responses(lines.ResponsesTalk):
    """A conversation in the Responses API."""

    def __init__(self, client: OpenAI) -> None:
        super().__init__()
        self._client = client

    async def hear(self, timeout: float | None = None) -> Heard:
        heard, output = Heard(), list[Any]()
        with self._asking(self.history, timeout) as stream:
            heard.headers = lines.ours(stream.response.headers)
            for event in stream:
                heard.pieces += event.type.endswith(".delta")
                if event.type == "response.output_text.delta":
                    heard.text += event.delta
                elif event.type == "response.output_item.done":
                    output.append(event.item)
                elif event.type == "response.completed":
                    heard.tokens = (
                        event.response.usage.total_tokens if event.response.usage else None
                    )
        self.history += output
        calls = [item for item in output if item.type == "function_call"]
        self.asked = [call.call_id for call in calls]
        heard.calls = [{"name": call.name, "arguments": call.arguments} for call in calls]
        return heard

    async def leave(self, text: str) -> None:
        with self._asking([*self.history, lines.said(text)]) as stream:
            for event in stream:
                if event.type == "response.output_text.delta":
                    break

    def _asking(
        self, items: list[Any], timeout: float | None = None
    ) -> Stream[ResponseStreamEvent]:
        return self._client.responses.create(
            model=MODEL,
            input=items,
            tools=lines.RESPONSES_TOOLS,
            stream=True,
            timeout=NotGiven() if timeout is None else timeout,
        )


def open_talk(endpoint: str, api: str, headers: dict[str, str]) -> Talk:
    """Open a conversation."""
    client = OpenAI(base_url=endpoint, api_key="any", default_headers=headers, max_retries=0)
    return Chat(client) if api == "chat" else Responses(client)


if __name__ == "__main__":
    asyncio.run(lines.serve(open_talk))
