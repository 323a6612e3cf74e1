"""Sightline as somebody runs it: `sightline serve` with a configuration, and pictures by HTTP."""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from bench.relay import turn
from bench.relay.processes import Running, free_port
from bench.relay.processes import start as start_process

_CONFIG = """\
conversation_id:
  - $request.header.x-conversation-id
injector:
  listen: 127.0.0.1:{port}
  upstream:
    base_url: http://127.0.0.1:{model}/v1
    api_key: bench
    model: {name}
  images:
    store: sqlite:{folder}/sightline.db
    resolution: original   # the sizes that are compared are those of the pictures made for it
  browser: {{uploads: off, associations: off}}   # one client shares a thousand pictures
"""


class Refused(Exception):
    """Sightline did not take a picture; the message says what it answered."""


def start(folder: Path, model: int) -> Running:
    """Start it with one worker, and a store of its own in `folder`."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    config = folder / "config.yaml"
    text = _CONFIG.format(port=port, model=model, folder=folder, name=turn.MODEL)
    config.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "cli.main", "serve", "--config", str(config)]
    return start_process("sightline", command, port, folder)


def share(port: int, mark: str, picture: bytes) -> dict[str, Any]:
    """Upload a picture, give it to the mark's conversation, and return what the upload said.

    Raises:
        Refused: one of the two was not taken.
    """
    upload = _post(port, "/upload_image", picture, "image/jpeg")
    pair = {"conversationId": turn.conversation(mark), "temporaryId": upload["temporaryId"]}
    _post(port, "/associate_context", json.dumps(pair).encode(), "application/json")
    return upload


def _post(port: int, path: str, body: bytes, media_type: str) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", body, {"Content-Type": media_type}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            said: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(f"{path} answers {error.code}: {error.read()[:300]!r}") from error
    return said
