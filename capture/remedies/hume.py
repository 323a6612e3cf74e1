"""Hume EVI: the ID is the one that the page or your server gives the chat."""

from typing import Final

from capture.remedies.remedy import Guide, Paste, Remedy
from contract.fieldpath import FieldPath

GUIDE: Final = Guide(
    remedies=(
        Remedy(
            title="custom_session_id in the session settings",
            why="Hume adds it to the address of your endpoint in every turn: "
            "/chat/completions?custom_session_id=…",
            paste=(
                Paste(
                    "json",
                    "the first message on the chat's WebSocket, with an ID of your own",
                    {"type": "session_settings", "custom_session_id": "A_RANDOM_ID"},
                ),
            ),
            path=FieldPath("query", ("custom_session_id",)),
            limits=(
                (
                    "Whoever opens the chat chooses it, so from a page it is not to be trusted: "
                    "take a random one, and show it to nobody."
                ),
                (
                    "Where EVI speaks first, its first turn can come before these settings, and "
                    "has none (reported): give them as parameters of the chat's address instead."
                ),
            ),
            basis="seen",
            evidence="the setting is documented by Hume, and Hume's own example of an endpoint "
            "reads it from the query; that it arrives there was reported by people who ran it; "
            "unverified here",
            source="https://dev.hume.ai/docs/speech-to-speech-evi/guides/custom-language-model",
        ),
        Remedy(
            title="A line in the prompt, with a variable of the session",
            why="Session settings can set the variables of a prompt.",
            paste=(
                Paste("text", "the prompt of the config", "The conversation is {{conversation}}."),
                Paste(
                    "json",
                    "the first message on the chat's WebSocket",
                    {"type": "session_settings", "variables": {"conversation": "A_RANDOM_ID"}},
                ),
            ),
            path=FieldPath(
                "body",
                ("messages", "0", "content"),
                r"\bconversation\s+is\s+([A-Za-z0-9][A-Za-z0-9_-]*)",
            ),
            limits=(
                "Whether the prompt reaches a custom language model is not documented.",
                "Chosen by whoever opens the chat, as above.",
            ),
            basis="inferred",
            evidence="variables are documented by Hume; the rest is inferred; unverified here",
            source="https://dev.hume.ai/docs/speech-to-speech-evi/configuration/session-settings",
        ),
    ),
    client="The page or your server makes the ID itself, a random one, gives it to Hume and to "
    "/associate_context; the very same must arrive in the turns. Hume's own chat_id is another.",
)
