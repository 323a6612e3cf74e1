"""What people and tools say in a rehearsal: the default lines, prompt, greeting and tool. Values.

The lines are written for the stand-in model: the third names the tool `make_a_note`, which is how
that model is moved to call it.
"""

from typing import Any, Final

LINES: Final = (
    "Hi! I have just shared a picture with you. Can you see it?",
    "Which colours are in it?",
    "Good. Please make a note of that.",
    "Thanks. What do you see at the bottom right?",
)
"""What the person says, a turn each."""

CALLERS: Final = ("Anna", "Ben", "Chloe", "David", "Elif", "Farid")
"""People who call; each says their name, so that no two calls open with the same words."""


def lines(caller: str) -> tuple[str, ...]:
    """Return what a caller says, a turn each."""
    return (f"Hi, {caller} here! I have just shared a picture. Can you see it?", *LINES[1:])


SPECULATED: Final = 1
"""The index of the line whose turn is sent again while it is still being answered."""

PROMPT: Final = (
    "You help people with things that they show you in pictures. Answer in short sentences."
)
GREETING: Final = "Hello! Share a picture and ask me about it."

TOOL: Final = "make_a_note"
TOOL_RESULT: Final = '{"saved": true, "note": 1}'
"""What every tool of a rehearsal answers."""

_TEXT: Final = {"type": "string"}


def _function(name: str, description: str, properties: dict[str, Any], *required: str) -> Any:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}


TOOLS: Final[tuple[Any, ...]] = (
    _function("end_call", "End the call when the person is done.", {"reason": _TEXT}, "reason"),
    _function("skip_turn", "Say nothing and wait for the person.", {"reason": _TEXT}, "reason"),
    _function(
        "language_detection",
        "Go on in another language.",
        {"reason": _TEXT, "language": {"type": "string", "enum": ["en", "de", "fr"]}},
        "reason",
        "language",
    ),
    _function(TOOL, "Keep a note about the conversation.", {"text": _TEXT}, "text"),
)
"""The system tools that ElevenLabs sends (docs/platforms.md) and one of its own."""
