"""Who stands between the load and the model, each started as a process of its own.

    direct       nobody: the picture is in the body already
    nginx        a relay of the same bytes, the picture in the body already
    documented   the endpoint that the platform's documentation shows, with a picture from a dict
    litellm      LiteLLM's proxy with a hook that does the same
    sightline    `sightline serve`, the picture uploaded and associated as a page does
    foreign      the environment of what is not ours

`missing` says how to get what is not here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.relay.contenders import documented, foreign, litellm, nginx, sightline
from bench.relay.processes import Running

__all__ = ["NAMES", "OTHERS", "Contender", "foreign", "missing", "sightline"]


@dataclass(frozen=True, slots=True)
class Contender:
    """One of those who are compared."""

    name: str
    port: int
    running: Running | None
    """The process between, or None where the model is asked directly."""
    carries: bool
    """Whether the load has to put the picture into the body."""


NAMES = ("direct", "nginx", "documented", "litellm", "sightline")

OTHERS: dict[str, Callable[[Path, int, Path], Running]] = {
    "nginx": nginx.start,
    "documented": documented.start,
    "litellm": litellm.start,
}
"""What starts each: in a folder, before the model's port, with the pictures as a JSON file."""


def missing(name: str) -> str:
    """Return how to get what a contender needs, or nothing if it is here."""
    if name == "nginx":
        return "" if nginx.program() else "nginx is not here: apt-get install nginx-light"
    if name in {"documented", "litellm"} and not foreign.PYTHON.exists():
        return f"{name} needs bench/.venv: make bench/.venv/.installed"
    return ""
