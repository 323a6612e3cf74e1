"""Turns alone, and turns while twenty people upload: the same load, in rounds that alternate.

A turn has a picture of 450 KB and follows the one before it on the same connection, so the endpoint
is never idle. The uploads are photographs of 12 MP, and twenty are under way all the time: what one
client's burst would be, for as long as is measured.
"""

import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.pictures.saved import PHOTOS
from bench.relay.contenders import sightline
from bench.relay.figures import quantiles
from bench.relay.measures import Load
from bench.relay.pictures import picture
from bench.relay.processes import Running
from bench.relay.run import model_server
from bench.relay.screen import tell

AT_ONCE = 20
MARK = "p450k"

_AHEAD = 1.0  # seconds that the uploads have before turns are counted


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: rounds, and the seconds of each half of a round."""

    rounds: int = 5
    seconds: float = 6.0


def measured(plan: Plan) -> dict[str, Any]:
    """Return the times of turns to their first content, alone and during uploads, and of those."""
    alone: list[float] = []
    during: list[float] = []
    took: list[float] = []
    failures: list[str] = []
    with TemporaryDirectory() as place, ExitStack() as stack:
        load = Load()
        stack.callback(load.end)
        model = stack.enter_context(model_server(Path(place)))
        ours = sightline.start(Path(place) / "sightline", model.port)
        stack.callback(ours.end)
        sightline.share(ours.port, MARK, picture(MARK))
        for number in range(plan.rounds):
            tell(f"turns alone and during uploads, round {number + 1} of {plan.rounds}")
            turns = _turns(load, ours, plan.seconds)
            alone += turns["first_ms"]
            failures += turns["failures"]
            with _uploading(ours, plan.seconds) as uploader:
                turns = _turns(load, ours, plan.seconds)
                found = json.loads(uploader.communicate()[0])
            during += turns["first_ms"]
            took += found["upload_ms"]
            failures += turns["failures"] + found["failures"]
        memory = ours.memory_mb()
    return {
        "at_once": AT_ONCE,
        "alone": quantiles(alone),
        "during": quantiles(during),
        "uploads": quantiles(took),
        "memory_mb": memory[1],
        "failures": failures,
    }


def _turns(load: Load, ours: Running, seconds: float) -> dict[str, Any]:
    return load.do(
        kind="latency",
        port=ours.port,
        mark=MARK,
        picture=None,
        samples=1_000_000,
        seconds=seconds,
    )


def _uploading(ours: Running, seconds: float) -> subprocess.Popen[str]:
    """Start the uploads; they are well under way when this returns, and outlast the turns."""
    lasting = str(seconds + _AHEAD)
    command = [sys.executable, "-m", "bench.pictures.uploader", str(ours.port), str(PHOTOS[0])]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, str(AT_ONCE), lasting], stdout=subprocess.PIPE, text=True
    )
    try:
        process.wait(_AHEAD)
    except subprocess.TimeoutExpired:
        return process
    raise RuntimeError("the process that uploads has ended")
