"""LiteLLM as a client, as its documentation shows for an endpoint that speaks as OpenAI does.

It runs in an environment of its own, `bench/.venv`, and knows nothing of Sightline's.
"""

import asyncio
from typing import Any

import litellm

from tests.clients.programs import lines
from tests.clients.programs.lines import MODEL, Heard, Talk


class Chat(lines.ChatTalk):
    """A conversation in chat completions."""

    def __init__(self, common: dict[str, Any]) -> None:
        super().__init__()
        self._common = common

    async def hear(self, timeout: float | None = None) -> Heard:
        stream = await self._asking(self.history, timeout)
        chunks = [chunk async for chunk in stream]
        whole = litellm.stream_chunk_builder(chunks)
        message = whole.choices[0].message
        self.history.append(message)  # as it is
        calls = message.tool_calls or ()
        self.asked = [call.id for call in calls]
        deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
        return Heard(
            text=message.content or "",
            calls=[{"name": it.function.name, "arguments": it.function.arguments} for it in calls],
            pieces=sum(bool(delta.content or delta.tool_calls) for delta in deltas),
            tokens=whole.usage.total_tokens,
            headers=_told(stream),
        )

    async def leave(self, text: str) -> None:
        stream = await self._asking([*self.history, lines.said(text)])
        async for chunk in stream:
            if chunk.choices[0].delta.content:
                break
        await stream.aclose()

    async def _asking(self, messages: list[Any], timeout: float | None = None) -> Any:
        return await litellm.acompletion(
            messages=messages,
            tools=lines.CHAT_TOOLS,
            stream_options={"include_usage": True},
            timeout=timeout,
            **self._common,
        )


class Responses(lines.ResponsesTalk):
    """A conversation in the Responses API."""

    def __init__(self, common: dict[str, Any]) -> None:
        super().__init__()
        self._common = common

    async def hear(self, timeout: float | None = None) -> Heard:
        stream = await self._asking(self.history, timeout)
        events = [event async for event in stream]
        response = events[-1].response
        self.history += [item.model_dump(exclude_none=True) for item in response.output]
        calls = [item for item in response.output if item.type == "function_call"]
        self.asked = [call.call_id for call in calls]
        words = [event.delta for event in events if event.type == "response.output_text.delta"]
        return Heard(
            text="".join(words),
            calls=[{"name": call.name, "arguments": call.arguments} for call in calls],
            pieces=sum(event.type.endswith(".delta") for event in events),
            tokens=response.usage.total_tokens,
            headers=_told(stream),
        )

    async def leave(self, text: str) -> None:
        stream = await self._asking([*self.history, lines.said(text)])
        async for event in stream:
            if event.type == "response.output_text.delta":
                break
        await stream.response.aclose()

    async def _asking(self, items: list[Any], timeout: float | None = None) -> Any:
        return await litellm.aresponses(
            input=items, tools=lines.RESPONSES_TOOLS, timeout=timeout, **self._common
        )


def _told(stream: Any) -> dict[str, str]:
    return lines.ours(stream._hidden_params["additional_headers"], prefix="llm_provider-")


def open_talk(endpoint: str, api: str, headers: dict[str, str]) -> Talk:
    """Open a conversation."""
    common = {
        "model": f"openai/{MODEL}",
        "api_base": endpoint,
        "api_key": "any",
        "extra_headers": headers,
        "stream": True,
        "max_retries": 0,
    }
    return Chat(common) if api == "chat" else Responses(common)


if __name__ == "__main__":
    asyncio.run(lines.serve(open_talk))
