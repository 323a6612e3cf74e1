"""The custom LLM endpoint as ElevenLabs' documentation shows it, with a picture from a dict.

FastAPI, the openai SDK, one event after the other. Not ours: it runs in bench/.venv.
"""

# mypy: disable-error-code="untyped-decorator, misc, no-any-unimported"

import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from openai import AsyncOpenAI
from pydantic import BaseModel

PICTURES = json.loads(Path(os.environ["BENCH_PICTURES"]).read_text(encoding="ascii"))

app = FastAPI()
client = AsyncOpenAI()


class Turn(BaseModel):
    """What the platform sends."""

    messages: list[dict[str, Any]]
    model: str
    temperature: float | None = 0.7
    max_tokens: int | None = None
    stream: bool | None = False
    tools: list[dict[str, Any]] | None = None
    user_id: str | None = None


@app.post("/v1/chat/completions")
async def create_chat_completion(turn: Turn, request: Request) -> StreamingResponse:
    """Ask the model, and pass its answer on."""
    asked = turn.model_dump(exclude_none=True)
    if "user_id" in asked:
        asked["user"] = asked.pop("user_id")
    picture = PICTURES.get(request.headers.get("x-conversation-id"))
    if picture is not None:
        last = next(said for said in reversed(asked["messages"]) if said["role"] == "user")
        shown = {"type": "image_url", "image_url": {"url": picture, "detail": "high"}}
        last["content"] = [{"type": "text", "text": last["content"]}, shown]
    chunks = await client.chat.completions.create(**asked)

    async def events() -> AsyncIterator[str]:
        async for chunk in chunks:
            yield f"data: {json.dumps(chunk.model_dump())}\n\n"
        yield "data: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
