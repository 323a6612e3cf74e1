"""ElevenLabs Agents: the ID is nowhere by default; three ways to have it sent."""

from typing import Final

from capture.remedies.remedy import Guide, Paste, Remedy
from contract.fieldpath import FieldPath

_VARIABLE: Final = "system__conversation_id"
_DOCS: Final = "https://elevenlabs.io/docs/eleven-agents/customization/llm/custom-llm"

_HEADER: Final = Remedy(
    title="A request header in the agent's settings",
    why="It arrives on web, widget and phone alike, in every turn, and a browser cannot forge it: "
    "the platform itself fills in what begins with system__.",
    paste=(
        Paste(
            "json",
            "PATCH https://api.elevenlabs.io/v1/convai/agents/AGENT_ID, or in the dashboard: the "
            "agent, LLM, Custom LLM, Request headers",
            {
                "conversation_config": {
                    "agent": {
                        "prompt": {
                            "custom_llm": {
                                "request_headers": {
                                    "X-Conversation-Id": {"variable_name": _VARIABLE}
                                }
                            }
                        }
                    }
                }
            },
        ),
    ),
    path=FieldPath("header", ("x-conversation-id",)),
    limits=(
        "Each agent has settings of its own.",
        (
            "Send the other settings of custom_llm (url, model_id, api_key) along: whether a PATCH "
            "keeps what it does not name is unverified."
        ),
        "The value is an object with variable_name; a text with {{…}} in it is sent as it is.",
        "An Authorization entry among these headers is reported not to be sent.",
    ),
    basis="seen",
    evidence="the setting is documented by ElevenLabs; that the variable is filled in was "
    "reported by people who ran it; unverified here",
    source=_DOCS,
)

_PROMPT: Final = Remedy(
    title="A line in the agent's prompt",
    why="It needs no more than the prompt, and works on the phone too.",
    paste=(
        Paste(
            "text",
            "anywhere in the agent's system prompt",
            f"The conversation is {{{{{_VARIABLE}}}}}.",
        ),
    ),
    path=FieldPath(
        "body", ("messages", "0", "content"), r"\bconversation\s+is\s+(conv_[a-zA-Z0-9]+)"
    ),
    limits=(
        "It may arrive as it was written, not filled in.",
        "A session that overrides the prompt removes it.",
        "The model reads it, and may say it aloud.",
        (
            "Where the prompt stands in turns of the Responses API is documented nowhere: record "
            "again, and locate finds it."
        ),
    ),
    basis="seen",
    evidence="by several people who ran it; unverified here",
    source="https://elevenlabs.io/docs/eleven-agents/customization/personalization/dynamic-variables",
)

_EXTRA_BODY: Final = Remedy(
    title="customLlmExtraBody, passed by the page",
    why="The platform passes on what the page gave at the start, as elevenlabs_extra_body in every "
    "turn. Only where neither a header nor the prompt will do.",
    paste=(
        Paste(
            "json",
            "PATCH https://api.elevenlabs.io/v1/convai/agents/AGENT_ID, with your other overrides",
            {"platform_settings": {"overrides": {"custom_llm_extra_body": True}}},
        ),
        Paste(
            "javascript",
            "the page, where it starts the session",
            "const conversationId = crypto.randomUUID();\n"
            "await Conversation.startSession({\n"
            '  agentId: "AGENT_ID",\n'
            "  customLlmExtraBody: { conversation_id: conversationId },\n"
            "});",
        ),
    ),
    path=FieldPath("body", ("elevenlabs_extra_body", "conversation_id")),
    limits=(
        (
            "It is chosen by the browser, so it is not to be trusted: who knows another person's "
            "value can ask about that person's picture. Take a random one, and show it to nobody."
        ),
        "Phone calls have no page, and send none.",
        (
            "Without the flag above the platform refuses the session: the WebSocket is closed with "
            "code 1008."
        ),
        (
            "The page passes it before it knows the platform's own ID, so here the page's value is "
            "the conversation ID. Or your server asks GET /v1/convai/conversation/token first, "
            "which answers token and conversation_id, and the page starts with both."
        ),
    ),
    basis="documented",
    evidence="by ElevenLabs; unverified here",
    source=_DOCS,
)

GUIDE: Final = Guide(
    remedies=(_HEADER, _PROMPT, _EXTRA_BODY),
    client="The page's SDK gives the platform's own ID as soon as it is connected; that ID goes to "
    "/associate_context, and the very same must arrive in the turns. With customLlmExtraBody it is "
    "the value that the page has chosen instead.",
    client_paste=Paste(
        "javascript",
        "the page, among the options of startSession",
        "onConnect: ({ conversationId }) =>\n"
        '  fetch("https://YOUR-ENDPOINT/associate_context", {\n'
        '    method: "POST",\n'
        '    headers: { "content-type": "application/json" },\n'
        "    body: JSON.stringify({ conversationId, temporaryId }),\n"
        "  }),",
    ),
)
