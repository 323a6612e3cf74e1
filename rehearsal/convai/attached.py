"""What the person has typed together with files, as the content of a message. Pure.

What ElevenLabs does with a file towards a custom LLM is documented nowhere. Here it becomes an
image part in the person's message, as chat completions name it: inferred, for the capture proxy to
compare.
"""

import base64
from collections.abc import Sequence

from rehearsal.convai.desk import File
from rehearsal.history import Content


def attached(text: str, files: Sequence[File]) -> Content:
    """Return the content of a message; without files it is the text."""
    if not files:
        return text
    shown = [{"type": "image_url", "image_url": {"url": _data_uri(file)}} for file in files]
    return [{"type": "text", "text": text}, *shown] if text else list(shown)


def _data_uri(file: File) -> str:
    return f"data:{file.media_type};base64,{base64.b64encode(file.data).decode()}"
