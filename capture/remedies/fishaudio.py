"""Fish Audio Agents: the session's ID is in the body of every turn."""

from typing import Final

from capture.remedies.remedy import Guide, Paste, Remedy
from contract.fieldpath import FieldPath

_DOCS: Final = "https://docs.fish.audio/agents/build/custom-llm"

GUIDE: Final = Guide(
    remedies=(
        Remedy(
            title="Read session_id, which is sent anyway",
            why="Every turn carries it at the top of the body; there is nothing to switch on.",
            paste=(
                Paste(
                    "text",
                    "config.yaml",
                    "conversation_id:\n  - $request.body#/session_id",
                ),
            ),
            path=FieldPath("body", ("session_id",)),
            limits=(
                (
                    "If your recording does not have it, something between the platform and the "
                    "recording removes it: record on the side of the platform."
                ),
                "user_id beside it is your end_user_id: a person, not a conversation.",
            ),
            basis="documented",
            evidence="by Fish Audio; unverified here",
            source=_DOCS,
        ),
        Remedy(
            title="llm_extra_body, passed by your server",
            why="The platform passes on what the session was created with, as fishaudio_extra_body "
            "in every turn.",
            paste=(
                Paste(
                    "json",
                    "POST https://api.fish.audio/v1/agent/sessions, with an ID of your own",
                    {
                        "agent_id": "AGENT_ID",
                        "llm_extra_body": {"conversation_id": "A_RANDOM_ID"},
                    },
                ),
            ),
            path=FieldPath("body", ("fishaudio_extra_body", "conversation_id")),
            limits=(
                "Create the session on your server; what a page could choose is not to be trusted.",
                "Calls that come in by phone are not created by you, and have none.",
            ),
            basis="documented",
            evidence="by Fish Audio; unverified here",
            source=_DOCS,
        ),
        Remedy(
            title="A line in the prompt, with a dynamic variable",
            why="dynamic_variables of the session are filled into the prompt once, at the start.",
            paste=(
                Paste("text", "the agent's system prompt", "The conversation is {{conversation}}."),
                Paste(
                    "json",
                    "POST https://api.fish.audio/v1/agent/sessions, with an ID of your own",
                    {
                        "agent_id": "AGENT_ID",
                        "dynamic_variables": {"conversation": "A_RANDOM_ID"},
                    },
                ),
            ),
            path=FieldPath(
                "body",
                ("messages", "0", "content"),
                r"\bconversation\s+is\s+([A-Za-z0-9][A-Za-z0-9_-]*)",
            ),
            limits=(
                "A session without the variable sends it as it was written.",
                "The model reads it, and may say it aloud.",
            ),
            basis="documented",
            evidence="by Fish Audio; unverified here",
            source="https://docs.fish.audio/agents/build/dynamic-variables",
        ),
    ),
    client="The ID of the session that your server has created goes to /associate_context, and the "
    "very same must arrive in the turns; with llm_extra_body or a variable it is your own.",
)
