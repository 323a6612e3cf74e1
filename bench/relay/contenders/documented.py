"""The endpoint that the platform's documentation shows, on uvicorn with uvloop."""

from pathlib import Path

from bench.relay.contenders import foreign
from bench.relay.processes import Running, free_port
from bench.relay.processes import start as start_process


def start(folder: Path, model: int, pictures: Path) -> Running:
    """Start it with one worker."""
    port = free_port()
    command = [str(foreign.PYTHON), str(foreign.SCRIPTS / "documented.py"), str(port)]
    environment = {
        "OPENAI_BASE_URL": f"http://127.0.0.1:{model}/v1",
        "OPENAI_API_KEY": "bench",
        "BENCH_PICTURES": str(pictures),
    }
    return start_process("documented", command, port, folder, environment)
