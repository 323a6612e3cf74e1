"""LiteLLM's proxy, with a hook that attaches the picture before the call."""

import shutil
from pathlib import Path

from bench.relay import turn
from bench.relay.contenders import foreign
from bench.relay.processes import Running, free_port
from bench.relay.processes import start as start_process

_CONFIG = """\
model_list:
  - model_name: {name}
    litellm_params:
      model: openai/{name}
      api_base: http://127.0.0.1:{model}/v1
      api_key: bench
litellm_settings:
  callbacks: attach.hook
  telemetry: false
"""


def start(folder: Path, model: int, pictures: Path) -> Running:
    """Start it with one worker; it looks for its hook beside its configuration."""
    place, port = folder / "litellm", free_port()
    place.mkdir()
    config = place / "config.yaml"
    config.write_text(_CONFIG.format(name=turn.MODEL, model=model), encoding="utf-8")
    shutil.copy(foreign.SCRIPTS / "attach.py", place)
    command = [str(foreign.PLACE / "bin" / "litellm"), "--config", str(config)]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    environment = {
        "BENCH_PICTURES": str(pictures),
        "LITELLM_LOG": "ERROR",
        # Loopback only; and without a key to check it is a little faster.
        "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it asks the network for prices
    }
    return start_process("litellm", command, port, folder, environment)
