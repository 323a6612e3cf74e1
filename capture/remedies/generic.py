"""A platform that nobody recognised: what to look for in its settings, and what never works."""

from typing import Final

from capture.remedies.remedy import Guide, Paste, Remedy
from contract.fieldpath import FieldPath

GUIDE: Final = Guide(
    remedies=(
        Remedy(
            title="A request header with the conversation's ID",
            why="If the platform lets you add headers to the requests to a custom LLM, and fills "
            "in variables there, this is the surest way.",
            paste=(
                Paste(
                    "text",
                    "the platform's settings for custom LLM headers, with its own variable",
                    "X-Conversation-Id: {{conversation_id}}",
                ),
            ),
            path=FieldPath("header", ("x-conversation-id",)),
            limits=(
                "A header with a fixed value is the same in all conversations, and is no ID.",
                (
                    "A platform that knows no such variable sends {{…}} as it was written; the "
                    "endpoint takes that for no ID."
                ),
            ),
            basis="inferred",
            evidence="from platforms that work so; whether yours does is for its documentation to "
            "say",
        ),
        Remedy(
            title="A line in the prompt",
            why="Most platforms fill variables into the prompt, and the prompt arrives with every "
            "turn.",
            paste=(
                Paste(
                    "text",
                    "the agent's system prompt, with the platform's own variable",
                    "The conversation is {{conversation_id}}.",
                ),
            ),
            path=FieldPath(
                "body",
                ("messages", "0", "content"),
                r"\bconversation\s+is\s+([A-Za-z0-9][A-Za-z0-9_-]*)",
            ),
            limits=("The model reads it, and may say it aloud.",),
            basis="inferred",
            evidence="from platforms that work so",
        ),
        Remedy(
            title="Metadata that is given when a conversation starts",
            why="Many platforms pass on, with every turn, an object that the page or your server "
            "gave at the start: metadata, extra body, dynamic variables.",
            paste=(
                Paste(
                    "json",
                    "whatever starts the conversation, with an ID of your own",
                    {"metadata": {"conversation_id": "A_RANDOM_ID"}},
                ),
            ),
            path=FieldPath("body", ("metadata", "conversation_id")),
            limits=(
                (
                    "What a page chooses is not to be trusted: take a random one, and show it to "
                    "nobody."
                ),
            ),
            basis="inferred",
            evidence="from platforms that work so",
        ),
        Remedy(
            title="Ask the platform",
            why="Nobody else knows; the answer belongs into docs/platforms.md.",
            paste=(
                Paste(
                    "text",
                    "a message to the platform's support",
                    "We use a custom LLM. Which header or field of your requests\n"
                    "identifies the conversation, the same in all its turns and\n"
                    "different in any other? How does our page learn the same ID?",
                ),
            ),
            path=None,
            limits=(),
            basis="inferred",
            evidence="from what other platforms know of themselves",
        ),
    ),
    client="The page, or your server, must learn the very ID that arrives in the turns: it goes to "
    "/associate_context together with the picture.",
)

UNVERIFIED: Final = (
    "Nobody here has an account with any vendor, so nothing of this was tried. Each way says "
    "whether it is documented, was seen by people who ran it, or is inferred."
)
"""How far everything in this package can be trusted."""

NEVER: Final = (
    "Guessing by the history: two people can say the same, and a first turn has no history.",
    "A user's ID, a caller's number or an address: one person can hold two conversations.",
    "An endpoint, a header or a key for each agent: all its conversations share it.",
    "The time of a request: conversations go on at the same time.",
)
"""What looks like a way and is none: it would show one person's picture to another."""
