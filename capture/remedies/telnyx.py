"""Telnyx AI Assistants: dynamic variables can be passed on, and one of them can be the ID."""

from typing import Final

from capture.remedies.remedy import Guide, Paste, Remedy
from contract.fieldpath import FieldPath

GUIDE: Final = Guide(
    remedies=(
        Remedy(
            title="Pass on the dynamic variables, with an ID among them",
            why="With forward_metadata every turn carries the assistant's dynamic variables as "
            "extra_metadata. Set one of them for each conversation, and it is the ID.",
            paste=(
                Paste(
                    "json",
                    "POST https://api.telnyx.com/v2/ai/assistants/ASSISTANT_ID, with your "
                    "instructions and tools",
                    {
                        "external_llm": {
                            "base_url": "https://YOUR-ENDPOINT/v1",
                            "model": "gpt-4o",
                            "forward_metadata": True,
                        },
                        "dynamic_variables_webhook_url": "https://YOUR-SERVER/telnyx-variables",
                    },
                ),
                Paste(
                    "json",
                    "what that webhook answers, within one second, with an ID of your own",
                    {"dynamic_variables": {"conversation_id": "A_RANDOM_ID"}},
                ),
            ),
            path=FieldPath("body", ("extra_metadata", "conversation_id")),
            limits=(
                "forward_metadata is false unless you set it.",
                (
                    "telnyx_end_user_target and telnyx_agent_target are phone numbers, no ID: one "
                    "person can call twice."
                ),
                (
                    "If the webhook is late the call goes on without the variable. A SIP header "
                    "X-Conversation-Id sets the same variable without a webhook."
                ),
            ),
            basis="documented",
            evidence="by Telnyx; unverified here",
            source="https://developers.telnyx.com/docs/inference/ai-assistants/dynamic-variables",
        ),
        Remedy(
            title="A line in the assistant's instructions",
            why="{{call_control_id}} is a variable that Telnyx fills in by itself.",
            paste=(
                Paste(
                    "text",
                    "the assistant's instructions",
                    "The conversation is {{call_control_id}}.",
                ),
            ),
            path=FieldPath(
                "body", ("messages", "0", "content"), r"\bconversation\s+is\s+(v[0-9]:[\w-]+)"
            ),
            limits=(
                "Only calls have one; a text chat leaves it as it was written.",
                "The model reads it, and may say it aloud.",
            ),
            basis="inferred",
            evidence="the variable is documented by Telnyx; that the instructions reach an "
            "external LLM is inferred; unverified here",
            source="https://developers.telnyx.com/docs/inference/ai-assistants/dynamic-variables",
        ),
    ),
    client="The ID that the webhook has chosen goes to /associate_context, and the very same must "
    "arrive in the turns. The webhook is also told call_control_id, by which your server knows "
    "whose call it is.",
)
