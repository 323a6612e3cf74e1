"""What uvloop received last is overwritten; tests/cli/test_forgotten.py looks for its remains."""

import errno
import socket

import pytest
import uvloop

from injector.wiping import wipe


def test_all_of_the_block_is_overwritten_at_once_and_again() -> None:
    async def run() -> list[bool]:
        return [await wipe() for _ in range(3)]

    assert uvloop.run(run()) == [True, True, True]


def test_without_a_descriptor_to_spare_it_is_left_for_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none_left() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(socket, "socketpair", none_left)
    assert uvloop.run(wipe()) is False


async def test_another_loop_has_nothing_to_overwrite() -> None:
    assert await wipe()
