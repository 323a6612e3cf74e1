"""Layercode, and whoever opens a WebSocket: protocols that this endpoint does not speak."""

from typing import Final

from capture.remedies.remedy import Guide, Paste, Remedy
from contract.fieldpath import FieldPath

GUIDE: Final = Guide(
    remedies=(
        Remedy(
            title="Read conversation_id, which is sent anyway",
            why="Every webhook carries it; session_id beside it changes with every reconnect.",
            paste=(
                Paste(
                    "text",
                    "config.yaml of an endpoint that speaks to Layercode",
                    "conversation_id:\n  - $request.body#/conversation_id",
                ),
            ),
            path=FieldPath("body", ("conversation_id",)),
            limits=(
                (
                    "Layercode's webhook is no chat completion, and Sightline's endpoint does not "
                    "answer it: put a small server of your own between the two, which sends the ID "
                    "on as a header."
                ),
            ),
            basis="documented",
            evidence="by Layercode; unverified here",
            source="https://docs.layercode.com/api-reference/webhook-sse-api",
        ),
    ),
    client="The page gets conversation_id when your server authorises the session; that ID goes to "
    "/associate_context, and the very same must arrive in the turns.",
)

WEBSOCKET: Final = Guide(
    remedies=(
        Remedy(
            title="Ask the platform for chat completions over HTTP",
            why="Sightline's endpoint speaks HTTP only. Retell, Millis and Cartesia Line speak "
            "WebSocket; ElevenLabs does where api_type is websocket.",
            paste=(
                Paste(
                    "json",
                    "only for ElevenLabs: PATCH https://api.elevenlabs.io/v1/convai/agents/AGENT_ID",
                    {
                        "conversation_config": {
                            "agent": {"prompt": {"custom_llm": {"api_type": "chat_completions"}}}
                        }
                    },
                ),
            ),
            path=None,
            limits=(
                (
                    "Retell, Millis and Cartesia Line need a bridge of your own: the ID is in the "
                    "path of the URL (Retell, documented) or in the first frame; send it on as a "
                    "header."
                ),
            ),
            basis="documented",
            evidence="the protocols are documented by the vendors; unverified here",
            source="https://docs.retellai.com/api-references/llm-websocket",
        ),
    ),
    client="The ID that your bridge sends on must be the one that goes to /associate_context.",
)
