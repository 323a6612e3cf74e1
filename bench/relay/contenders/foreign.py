"""The environment of what is not ours: FastAPI, LiteLLM, matplotlib, py-spy."""

import json
import subprocess
from pathlib import Path

PLACE = Path(__file__).parents[2] / ".venv"
PYTHON = PLACE / "bin" / "python"
SCRIPTS = Path(__file__).parents[1] / "foreign"

_NAMED = ("fastapi", "uvicorn", "openai", "litellm", "uvloop", "matplotlib")
_ASK = (
    "import importlib.metadata as m, json, sys;"
    "print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))"
)


def versions() -> dict[str, str]:
    """Return the versions of what matters there, or nothing where there is no such environment."""
    if not PYTHON.exists():
        return {}
    command = [str(PYTHON), "-c", _ASK, *_NAMED]
    said = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own
    found: dict[str, str] = json.loads(said.stdout)
    return found
