"""What a child may take of the machine, and what is left of a picture in it afterwards: nothing.

Called in the child. Systems other than Linux know only some of these limits; there the parent's
clock is what ends a picture that takes too long.
"""

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = 1280 << 20
"""The most bytes of private memory of a child. A photograph of 50 million pixels takes 70
(JPEG) to 800 MB (WebP), one of 12 million 100 to 220."""

CPU, CPU_PER_MIB = 1.7, 0.5
"""Seconds of the processor that one picture may take, and more for each MiB that was sent.

Bombs are small: work is bought with bytes that somebody has sent. Where this was measured, a
photograph of 12 million pixels takes 0.3 (JPEG) to 0.6 (HEIC of 1.5 MB), one of 50 million 0.3
(JPEG) to 2.5 (HEIC of 7 MB)."""

NICE = 10
"""How far a child stands back behind turns when both want the processor."""

FORGETFUL = {
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",  # that cache keeps what was freed as it was
    "MALLOC_PERTURB_": "165",
    "MALLOC_MMAP_THRESHOLD_": str(256 << 10),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 10),
    "MALLOC_ARENA_MAX": "2",
    "PYTHONMALLOC": "malloc",
}
"""Environment in which memory that is freed is overwritten, or goes back to the system at once
(glibc, `mallopt(3)`; Python's own objects included). So no pixels stay behind in a child."""

_DESCRIPTORS = 32  # open at once; a child has four, and a module that is imported late takes one
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def leash() -> None:
    """Bind this process to its parent's life, before anything else takes time.

    What a terminal sends to all of a group (Ctrl-C) is left to the parent.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        with suppress(OSError):  # a decoder is what a machine without memory can do without
            Path("/proc/self/oom_score_adj").write_text("1000")


def confine() -> None:
    """Take from this process what decoding does not need. To be called when all is imported."""
    _at_most(resource.RLIMIT_CORE, 0)
    _at_most(resource.RLIMIT_FSIZE, 0)
    _at_most(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    if sys.platform == "linux":
        # Not RLIMIT_AS: that counts address space which threads reserve and nobody uses.
        _at_most(resource.RLIMIT_DATA, MEMORY)


def _at_most(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))


@contextmanager
def bounded_work(size: int) -> Iterator[None]:
    """End this process if what is done inside takes longer than `size` bytes may take.

    What counts is the processor's time, C code and all threads included: the signal is not handled,
    so it also ends code that never comes back; and a machine that is busy with something else does
    not count against a picture.
    """
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, CPU + CPU_PER_MIB * size / (1 << 20))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
