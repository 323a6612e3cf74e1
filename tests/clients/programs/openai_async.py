"""The official client for Python, asynchronous, by its own helpers for streams."""

import asyncio
from typing import Any

from openai import AsyncOpenAI, DefaultAsyncHttpxClient, NotGiven
from openai.lib.streaming.chat import AsyncChatCompletionStreamManager
from openai.lib.streaming.responses import AsyncResponseStreamManager

from tests.clients.programs import lines
from tests.clients.programs.lines import MODEL, Heard, Talk


class Client:
    """The client of a conversation, and what Sightline's headers said last."""

    def __init__(self, endpoint: str, headers: dict[str, str]) -> None:
        self.told: dict[str, str] = {}
        self.api = AsyncOpenAI(
            base_url=endpoint,
            api_key="any",
            default_headers=headers,
            max_retries=0,
            http_client=DefaultAsyncHttpxClient(event_hooks={"response": [self._keep]}),
        )

    async def _keep(
        self, response: Any
    ) -> None:  # of httpx or httpx2, as the client's release has it
        self.told = lines.ours(response.headers)


class Chat(lines.ChatTalk):
    """A conversation in chat completions."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client

    async def hear(self, timeout: float | None = None) -> Heard:
        pieces = 0
        async with self._asking(self.history, timeout) as stream:
            async for event in stream:
                pieces += event.type in {"content.delta", "tool_calls.function.arguments.delta"}
            completion = await stream.get_final_completion()
        message = completion.choices[0].message
        self.history.append(message)  # as it is: the client makes JSON of it
        calls = message.tool_calls or ()
        self.asked = [call.id for call in calls]
        return Heard(
            text=message.content or "",
            calls=[{"name": it.function.name, "arguments": it.function.arguments} for it in calls],
            pieces=pieces,
            tokens=completion.usage.total_tokens if completion.usage else None,
            headers=self._client.told,
        )

    async def leave(self, text: str) -> None:
        async with self._asking([*self.history, lines.said(text)]) as stream:
            async for event in stream:
                if event.type == "content.delta":
                    break

    def _asking(
        self, messages: list[Any], timeout: float | None = None
    ) -> AsyncChatCompletionStreamManager[Any]:
        return self._client.api.chat.completions.stream(
            model=MODEL,
            messages=messages,
            tools=lines.CHAT_TOOLS,
            stream_options={"include_usage": True},
            timeout=NotGiven() if timeout is None else timeout,
        )


class Responses(lines.ResponsesTalk):
    """A conversation in the Responses API."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client

    async def hear(self, timeout: float | None = None) -> Heard:
        pieces, output = 0, list[Any]()
        async with self._asking(self.history, timeout) as stream:
            async for event in stream:
                pieces += event.type.endswith(".delta")
                if event.type == "response.output_item.done":
                    output.append(event.item)
            response = await stream.get_final_response()
        # Not `response.output`: what this helper has parsed is in it too, and no model takes that.
        self.history += output
        calls = [item for item in response.output if item.type == "function_call"]
        self.asked = [call.call_id for call in calls]
        return Heard(
            text=response.output_text,
            calls=[{"name": call.name, "arguments": call.arguments} for call in calls],
            pieces=pieces,
            tokens=response.usage.total_tokens if response.usage else None,
            headers=self._client.told,
        )

    async def leave(self, text: str) -> None:
        async with self._asking([*self.history, lines.said(text)]) as stream:
            async for event in stream:
                if event.type == "response.output_text.delta":
                    break

    def _asking(
        self, items: list[Any], timeout: float | None = None
    ) -> AsyncResponseStreamManager[Any]:
        return self._client.api.responses.stream(
            model=MODEL,
            input=items,
            tools=lines.RESPONSES_TOOLS,
            timeout=NotGiven() if timeout is None else timeout,
        )


def open_talk(endpoint: str, api: str, headers: dict[str, str]) -> Talk:
    """Open a conversation."""
    client = Client(endpoint, headers)
    return Chat(client) if api == "chat" else Responses(client)


if __name__ == "__main__":
    asyncio.run(lines.serve(open_talk))
