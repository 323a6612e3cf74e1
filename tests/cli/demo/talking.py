"""A person at the demo's page, without a browser: uploads a picture, and talks about it by text."""

from typing import Any

import aiohttp


async def answer(page: str, picture: bytes, question: str, *, in_band: bool) -> str:
    """Return what the agent says to a question about a picture that was chosen on this page."""
    async with aiohttp.ClientSession() as session:
        told = await _json(session.get(f"{page}/page.json"))
        uploaded = await _json(session.post(f"{page}/upload_image", data=picture))
        shown = uploaded["temporaryId"]
        extra = {"custom_llm_extra_body": {told["inBand"][-1]: shown}} if in_band else {}
        socket = told["rehearsal"].replace("http://", "ws://")
        async with session.ws_connect(
            f"{socket}/v1/convai/conversation?agent_id=rehearsal", protocols=["convai"]
        ) as line:
            start = {"conversation_config_override": {"conversation": {"text_only": True}}}
            kind = {"type": "conversation_initiation_client_data"}
            await line.send_json({**kind, **start, **extra})
            metadata = await _until(line, "conversation_initiation_metadata")
            pair = {"conversationId": metadata["conversation_id"], "temporaryId": shown}
            if not in_band:
                await _json(session.post(f"{page}/associate_context", json=pair))
            await line.send_json({"type": "user_message", "text": question})
            while True:
                said = (await _until(line, "agent_response"))["agent_response"]
                if "Stand-in model" in said:
                    return str(said)


async def _json(request: Any) -> Any:
    async with request as response:
        assert response.ok, await response.text()
        return await response.json()


async def _until(line: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """Return the next event of a kind."""
    while True:
        event = await line.receive_json(timeout=20)
        if event["type"] == kind:
            inner = event[f"{kind}_event"]
            assert isinstance(inner, dict)
            return inner
