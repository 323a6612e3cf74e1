"""What is started is ended, and what does not come up says why."""

import os
import sys
from pathlib import Path

import pytest

from bench.relay.processes import NotStarted, family, free_port, start

SERVER = """
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as one:
    while True:
        one.accept()[0].close()
"""


def test_a_server_is_ready_watched_and_gone(tmp_path: Path) -> None:
    port = free_port()
    running = start("server", [sys.executable, "-c", SERVER, str(port)], port, tmp_path)
    now, most = running.memory_mb()
    assert 1 < now <= most < 500
    assert running.cpu_ms() >= 0
    running.end()
    assert running.process.poll() is not None
    assert running.cpu_ms() == 0


def test_one_that_ends_at_once_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match="no such luck"):
        start("server", [sys.executable, "-c", "raise SystemExit('no such luck')"], 1, tmp_path)


def test_the_family_of_a_process_begins_with_itself() -> None:
    assert next(family(os.getpid())) == os.getpid()
