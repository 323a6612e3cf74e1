"""Whether a process works or hangs: one that works uses the processor.

By the wall's clock alone a good picture on a busy machine looks like one that hangs.
"""

import sys
import time

TICK = 0.25
"""Seconds between two looks at a process."""

STILL = 5
"""So many looks in a row without a beat mean that it hangs. Even ten busy processes to a core leave
a child a few milliseconds in that time."""

LONGEST = 120
"""So many looks, and it has taken too long, whatever it does: 30 seconds, what the
largest photographs take on a machine that has four times as much to do as it can."""

_BEAT = 0.001  # seconds of the processor; less is a process that only looked whether it may go on
_WHOLE_PROCESS = 2  # CPUCLOCK_SCHED of Linux: what all threads of a process have used


class Pulse:
    """The work of one process on one picture."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._used = cpu_seconds(pid)
        self._still = self._looks = 0

    def hangs(self) -> bool:
        """Look at the process, every `TICK`, and tell whether it hangs or has taken too long."""
        used, before = cpu_seconds(self._pid), self._used
        self._looks += 1
        is_still = used is not None and before is not None and used - before < _BEAT
        self._still = self._still + 1 if is_still else 0
        self._used = used
        return self._still >= STILL or self._looks >= LONGEST


def cpu_seconds(pid: int) -> float | None:
    """Return the processor's seconds that a process has used, or None where nobody tells."""
    if sys.platform != "linux":
        return None
    try:
        return time.clock_gettime((~pid << 3) | _WHOLE_PROCESS)
    except OSError:  # it has ended
        return None
