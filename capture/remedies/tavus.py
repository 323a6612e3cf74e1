"""Tavus: the ID is a header with an underscore in its name, which some proxies drop."""

from typing import Final

from capture.remedies.remedy import Guide, Paste, Remedy
from contract.fieldpath import FieldPath

GUIDE: Final = Guide(
    remedies=(
        Remedy(
            title="Let the header conversation_id through",
            why="Tavus sends it with every turn without being asked. nginx, and what is built like "
            "it, drops headers with an underscore in silence; record on the side of the platform, "
            "or allow them.",
            paste=(
                Paste(
                    "text",
                    "nginx, in the http or the default server block",
                    "underscores_in_headers on;",
                ),
            ),
            path=FieldPath("header", ("conversation_id",)),
            limits=(
                (
                    "Tavus sends turns before the person has finished (speculative_inference); "
                    "they carry the same ID."
                ),
            ),
            basis="documented",
            evidence="the header is documented by Tavus, the silence by nginx; unverified here",
            source="https://docs.tavus.io/sections/conversational-video-interface/custom-llm-onboarding",
        ),
        Remedy(
            title="A line in the context of each conversation",
            why="conversational_context is given anew for every conversation, and your model reads "
            "it.",
            paste=(
                Paste(
                    "json",
                    "POST https://tavusapi.com/v2/conversations, with an ID of your own",
                    {"conversational_context": "The conversation is A_RANDOM_ID."},
                ),
            ),
            path=FieldPath(
                "body",
                ("messages", "0", "content"),
                r"\bconversation\s+is\s+([A-Za-z0-9][A-Za-z0-9_-]*)",
            ),
            limits=(
                "Which message it stands in is not documented; sightline locate will tell.",
                "The model reads it, and may say it aloud.",
                "An event can overwrite the context during the call.",
            ),
            basis="inferred",
            evidence="the field is documented by Tavus; where it arrives is inferred; unverified "
            "here",
            source="https://docs.tavus.io/api-reference/conversations/create-conversation",
        ),
    ),
    client="Your server gets conversation_id as the answer to POST /v2/conversations and hands it "
    "to the page; that ID goes to /associate_context, and the very same must arrive in the turns. "
    "headers and extra_body of layers.llm are the same for all conversations, and are no way.",
)
