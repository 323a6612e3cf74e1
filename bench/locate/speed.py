"""`make bench-locate-speed`: how long `sightline locate` takes for 500 requests of 20 KB.

Three recordings, the real command, the best of three runs each: processor seconds of the process,
start of the interpreter included. What else the machine does shows in the wall clock only.
"""

import json
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

REQUESTS, SIZE, RUNS = 500, 20_000, 3
SHAPES = {
    "100 calls, the same prompt": (100, False),
    "50 calls, a clock in the prompt": (50, True),
    "2 calls of 250 turns, a clock in the prompt": (2, True),
}


def document(calls: int, *, clock: bool) -> dict[str, Any]:
    """Return a HAR document of `REQUESTS` turns, whose prompt fills each body up to `SIZE`."""
    chance = random.Random(calls)
    prompt = " ".join(chance.choice(WORDS) for _ in range(SIZE // 6))
    began, entries = datetime(2026, 11, 24, 8, tzinfo=UTC), []
    for call in range(calls):
        identity = f"conv_{call % 100:02}{chance.getrandbits(120):030x}"[:33]
        history: list[dict[str, str]] = []
        for turn in range(REQUESTS // calls):
            moment = began + timedelta(seconds=call * 100 + turn * 7)
            history.append({"role": "user", "content": f"{chance.choice(WORDS)} {call} {turn}?"})
            now = f"It is {moment:%H:%M:%S}.\n" if clock else ""
            text = f"{prompt}\n{now}Conversation ID: {identity}\nBe brief."
            entries.append(_entry(moment, text, history))
            history.append({"role": "assistant", "content": f"{chance.choice(WORDS)} {call}."})
    return {"log": {"version": "1.2", "creator": {"name": "bench"}, "entries": entries}}


WORDS = [f"{one}{other}s" for one in ("lam", "ber", "sol", "tin", "mar") for other in "aeiou"]


def _entry(moment: datetime, prompt: str, history: list[dict[str, str]]) -> dict[str, Any]:
    body = {"messages": [{"role": "system", "content": prompt}, *history], "stream": True}
    url = "https://llm.example/v1/chat/completions"
    posted = {"mimeType": "application/json", "text": json.dumps(body)}
    request = {"method": "POST", "url": url, "headers": [], "postData": posted}
    return {"startedDateTime": moment.isoformat(), "request": request, "response": {}}


def seconds(file: Path) -> tuple[float, float]:
    """Return processor and wall-clock seconds of one run of the command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "cli.main", "locate", str(file)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, ended - began


def main() -> None:
    """Print a row for each recording."""
    table = Table("recording", "size", "processor", "wall clock", box=None, title_justify="left")
    with TemporaryDirectory() as folder:
        for name, (calls, clock) in SHAPES.items():
            file = Path(folder) / "recording.har"
            file.write_text(json.dumps(document(calls, clock=clock)), encoding="utf-8")
            spent, passed = min(seconds(file) for _ in range(RUNS))
            size = f"{file.stat().st_size / 1e6:.0f} MB"
            table.add_row(name, size, f"{spent:.2f} s", f"{passed:.2f} s")
    Console().print(table)


if __name__ == "__main__":
    main()
