"""How long each part of a turn took, and how the client is told."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds spent in each part of a turn, in the order in which the parts began."""

    parts: dict[str, float] = field(default_factory=dict)
    last: float = field(default_factory=time.perf_counter)

    def lap(self, name: str) -> None:
        """Book the time since the last lap under `name`; a part that comes again grows."""
        now = time.perf_counter()
        self.book(name, (now - self.last) * 1000)
        self.last = now

    def book(self, name: str, spent: float) -> None:
        """Book milliseconds that somebody else has measured, `connect` for one."""
        self.parts[name] = self.parts.get(name, 0.0) + spent

    def header(self) -> str:
        """Return the value of `server-timing` (W3C Server Timing), durations in milliseconds."""
        return ", ".join(f"{name};dur={spent:.2f}" for name, spent in self.parts.items())
