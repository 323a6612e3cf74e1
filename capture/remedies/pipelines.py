"""Pipelines that you run or configure for each call: you say what they send, so send the ID."""

from typing import Final

from capture.remedies.remedy import Guide, Paste, Remedy
from capture.remedies.signs import Basis
from contract.fieldpath import FieldPath

_HEADER: Final = FieldPath("header", ("x-conversation-id",))
_CLIENT: Final = (
    "Take an ID that the page knows as well, such as the name of a room that only one call uses; "
    "that ID goes to /associate_context, and the very same must arrive in the turns."
)


def _guide(paste: Paste, limit: str, basis: Basis, evidence: str, source: str) -> Guide:
    remedy = Remedy(
        title="A request header that you set when you make the call",
        why="Each call has a client or settings of its own, so a header of your choice can carry "
        "its ID in every turn.",
        paste=(paste,),
        path=_HEADER,
        limits=(limit,),
        basis=basis,
        evidence=evidence,
        source=source,
    )
    return Guide((remedy,), _CLIENT)


LIVEKIT: Final = _guide(
    Paste(
        "python",
        "your agent, where it makes the session",
        "openai.LLM(\n"
        '    model="gpt-4o",\n'
        '    base_url="https://YOUR-ENDPOINT/v1",\n'
        '    extra_headers={"X-Conversation-Id": ctx.room.name},\n'
        ")",
    ),
    "Make the LLM anew for each session, or all of them send the same header.",
    "documented",
    "in the source of LiveKit's plugin; unverified here",
    "https://docs.livekit.io/agents/models/llm/",
)

PIPECAT: Final = _guide(
    Paste(
        "python",
        "your bot, where it makes the service",
        "OpenAILLMService(\n"
        '    model="gpt-4o",\n'
        '    base_url="https://YOUR-ENDPOINT/v1",\n'
        '    default_headers={"X-Conversation-Id": conversation_id},\n'
        ")",
    ),
    "Make the service anew for each call, or all of them send the same header.",
    "documented",
    "in the source of Pipecat; unverified here",
    "https://docs.pipecat.ai/pipecat/learn/llm",
)

DEEPGRAM: Final = _guide(
    Paste(
        "json",
        "the Settings message, which opens each conversation",
        {
            "agent": {
                "think": {
                    "endpoint": {
                        "url": "https://YOUR-ENDPOINT/v1/chat/completions",
                        "headers": {"X-Conversation-Id": "A_RANDOM_ID"},
                    }
                }
            }
        },
    ),
    "Where a page sends the settings it chooses the ID: take a random one, and show it to nobody.",
    "documented",
    "by Deepgram; unverified here",
    "https://developers.deepgram.com/docs/voice-agent-settings",
)

AGORA: Final = Guide(
    (
        Remedy(
            title="An ID among the parameters of the model",
            why="Your server starts an agent for each channel, and what it gives as params is sent "
            "in the body of every turn.",
            paste=(
                Paste(
                    "json",
                    "POST .../conversational-ai-agent/v2/projects/APP_ID/join, in properties",
                    {
                        "llm": {
                            "url": "https://YOUR-ENDPOINT/v1/chat/completions",
                            "params": {"model": "gpt-4o", "conversation_id": "A_RANDOM_ID"},
                        }
                    },
                ),
            ),
            path=FieldPath("body", ("conversation_id",)),
            limits=("An agent that stays for several conversations sends the same ID in all.",),
            basis="inferred",
            evidence="params are documented by Agora; that any name is passed on is inferred; "
            "unverified here",
            source="https://docs.agora.io/en/conversational-ai/rest-api/join",
        ),
    ),
    _CLIENT,
)
