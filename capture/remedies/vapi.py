"""Vapi: the call's ID is in the body, unless the assistant's settings keep it out."""

from typing import Final

from capture.remedies.remedy import Guide, Paste, Remedy
from contract.fieldpath import FieldPath

_MODES: Final = "https://docs.vapi.ai/api-reference/assistants/create"

GUIDE: Final = Guide(
    remedies=(
        Remedy(
            title="Send the call in the body",
            why="Vapi sends the call, the phone number and the customer with every turn, unless "
            "metadataSendMode is off; call.id is then the conversation's ID.",
            paste=(
                Paste(
                    "json",
                    "PATCH https://api.vapi.ai/assistant/ASSISTANT_ID",
                    {
                        "model": {
                            "provider": "custom-llm",
                            "url": "https://YOUR-ENDPOINT/v1",
                            "model": "gpt-4o",
                            "metadataSendMode": "variable",
                        }
                    },
                ),
            ),
            path=FieldPath("body", ("call", "id")),
            limits=(
                "model is sent as a whole: add your messages and tools, or they are gone.",
                "The customer's number and phoneNumber are in the same body, and are no ID.",
            ),
            basis="documented",
            evidence="by Vapi (the default is variable); unverified here",
            source=_MODES,
        ),
        Remedy(
            title="A line in the assistant's prompt",
            why="{{call.id}} is a variable that Vapi fills in by itself.",
            paste=(
                Paste("text", "the assistant's system prompt", "The conversation is {{call.id}}."),
            ),
            path=FieldPath(
                "body", ("messages", "0", "content"), r"\bconversation\s+is\s+([0-9a-fA-F-]{36})"
            ),
            limits=(
                "It may arrive as it was written, not filled in.",
                "The model reads it, and may say it aloud.",
            ),
            basis="inferred",
            evidence="the variable is documented by Vapi; that it is filled in for a custom LLM "
            "is inferred; unverified here",
            source="https://docs.vapi.ai/assistants/dynamic-variables",
        ),
        Remedy(
            title="Metadata of the call, passed by the page or your server",
            why="What stands in assistantOverrides.metadata at the start arrives as metadata in "
            "every turn.",
            paste=(
                Paste(
                    "javascript",
                    "the page, where it starts the call",
                    "const conversationId = crypto.randomUUID();\n"
                    'await vapi.start("ASSISTANT_ID", {\n'
                    "  metadata: { conversation_id: conversationId },\n"
                    "});",
                ),
            ),
            path=FieldPath("body", ("metadata", "conversation_id")),
            limits=(
                (
                    "Where the page chooses it, it is not to be trusted: take a random one, and "
                    "show it to nobody."
                ),
                "Calls that come in by phone have no page.",
                (
                    "metadataSendMode must not be off; with destructured it stands at the top of "
                    "the body: $request.body#/conversation_id."
                ),
            ),
            basis="documented",
            evidence="by Vapi; unverified here",
            source=_MODES,
        ),
    ),
    client="vapi.start answers with the call; its id goes to /associate_context, and the very same "
    "must arrive in the turns. With metadata it is the value that the page has chosen instead.",
    client_paste=Paste(
        "javascript",
        "the page",
        'const call = await vapi.start("ASSISTANT_ID");\n'
        'await fetch("https://YOUR-ENDPOINT/associate_context", {\n'
        '  method: "POST",\n'
        '  headers: { "content-type": "application/json" },\n'
        "  body: JSON.stringify({ conversationId: call.id, temporaryId }),\n"
        "});",
    ),
)
