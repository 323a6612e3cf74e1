"""A whole run: everybody is started, measured in turn, and ended."""

import json
import resource
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.relay import machine, memory, paced, turn
from bench.relay.contenders import OTHERS, Contender, missing, sightline
from bench.relay.measures import Load, Size, measure
from bench.relay.pictures import picture
from bench.relay.plan import Plan
from bench.relay.processes import NotStarted, Running, free_port, start
from bench.relay.screen import passed, tell

_FILES = 8192  # open at once: a relay holds two sockets for each stream


def run(plan: Plan, names: list[str], *, quick: bool) -> dict[str, Any]:
    """Measure all that the plan says, and return the figures."""
    began = time.monotonic()
    left_out = {name: why for name in names if (why := missing(name))}
    names = [name for name in names if name not in left_out]
    for why in left_out.values():
        tell(why)
    _allow_files()
    about = machine.about()
    with TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        load = Load()
        stack.callback(load.end)
        model = stack.enter_context(model_server(folder))
        found = {
            "quick": quick,
            "about": about,
            "left_out": left_out,
            **_compared(plan, names, folder, load, model, left_out),
            "memory": _memory(plan, folder, load, model) if "sightline" in names else None,
        }
    return {**found, "seconds": time.monotonic() - began}


def _compared(
    plan: Plan,
    names: list[str],
    folder: Path,
    load: Load,
    model: Running,
    left_out: dict[str, str],
) -> dict[str, Any]:
    with ExitStack() as stack:
        ours = sightline.start(folder / "compared", model.port)
        stack.callback(ours.end)
        sizes = [learned(mark, folder, ours, model) for mark in plan.marks]
        pictures = _as_dict(sizes, folder)
        contenders: list[Contender] = []
        for name in names:
            try:
                one = _contender(name, folder, model, ours, pictures, stack)
            except NotStarted as error:
                # One of the others that does not start here must not cost the run.
                left_out[name] = f"{name} did not start"
                tell(str(error))
            else:
                contenders.append(one)
        measured = {}
        for size in sizes:
            tell(f"latency and turns per second, {size.bytes:,} bytes of data URI")
            measured[size.mark] = measure(plan, load, model, contenders, size)
        tell("paced streams")
        left = min(plan.paced_budget, plan.memory_begins - passed())
        streams = paced.search(replace(plan, paced_budget=left), load, contenders, _goal(sizes))
    return {
        "contenders": [one.name for one in contenders],
        "sizes": [{"mark": size.mark, "bytes": size.bytes} for size in sizes],
        "measured": measured,
        "paced": streams,
    }


def _contender(
    name: str, folder: Path, model: Running, ours: Running, pictures: Path, stack: ExitStack
) -> Contender:
    if name == "direct":
        return Contender(name, model.port, None, carries=True)
    if name == "sightline":
        return Contender(name, ours.port, ours, carries=False)
    tell(f"starting {name}")
    running = OTHERS[name](folder, model.port, pictures)
    stack.callback(running.end)
    return Contender(name, running.port, running, carries=name == "nginx")


def _goal(sizes: list[Size]) -> Size:
    return next(size for size in sizes if size.mark == "p450k")


def _memory(plan: Plan, folder: Path, load: Load, model: Running) -> dict[str, Any]:
    tell(f"memory: {plan.stored[-1]:,} pictures, {plan.turns:,} turns")
    ours = sightline.start(folder / "memory", model.port)
    try:
        return memory.watch(plan, load, ours)
    finally:
        ours.end()


def learned(mark: str, folder: Path, ours: Running, model: Running) -> Size:
    """Share a picture, let Sightline show it to the model, and keep what the model received."""
    if mark == "none":
        return Size(mark, None, 0)
    sightline.share(ours.port, mark, picture(mark))
    _one_turn(ours.port, mark)
    with urllib.request.urlopen(f"http://127.0.0.1:{model.port}/learned/{mark}") as answer:
        uri = answer.read()
    file = folder / f"{mark}.uri"
    file.write_bytes(uri)
    return Size(mark, file, len(uri))


def _one_turn(port: int, mark: str) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions",
        turn.body(mark),
        {"Content-Type": "application/json", "X-Conversation-Id": turn.conversation(mark)},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        answer.read()


def _as_dict(sizes: list[Size], folder: Path) -> Path:
    """Write the pictures for those who take them from a dict."""
    held = {turn.conversation(one.mark): one.uri.read_text() for one in sizes if one.uri}
    file = folder / "pictures.json"
    file.write_text(json.dumps(held), encoding="ascii")
    return file


@contextmanager
def model_server(folder: Path) -> Iterator[Running]:
    """Start the stand-in model, and end it afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "bench.relay.model", str(port)]
    running = start("model", command, port, folder)
    try:
        yield running
    finally:
        running.end()


def _allow_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
