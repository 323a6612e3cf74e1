"""A hook for LiteLLM's proxy that attaches a picture from a dict. It runs in bench/.venv."""

# mypy: disable-error-code="misc, no-any-unimported"

import json
import os
from pathlib import Path
from typing import Any

from litellm.integrations.custom_logger import CustomLogger

PICTURES = json.loads(Path(os.environ["BENCH_PICTURES"]).read_text(encoding="ascii"))


class Attach(CustomLogger):
    """Attaches the picture of the conversation to the last thing that the person said."""

    async def async_pre_call_hook(
        self,
        user_api_key_dict: Any,  # noqa: ARG002 - LiteLLM's names
        cache: Any,  # noqa: ARG002
        data: dict[str, Any],
        call_type: str,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return the turn with its picture."""
        if "user_id" in data:
            data["user"] = data.pop("user_id")
        headers = data["proxy_server_request"]["headers"]
        picture = PICTURES.get(headers.get("x-conversation-id"))
        if picture is not None:
            last = next(said for said in reversed(data["messages"]) if said["role"] == "user")
            shown = {"type": "image_url", "image_url": {"url": picture, "detail": "high"}}
            last["content"] = [{"type": "text", "text": last["content"]}, shown]
        return data


hook = Attach()
