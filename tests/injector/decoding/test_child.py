"""What a child is and may do, seen from inside and from outside."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from injector.decoding import child, limits
from tests.injector.decoding.conftest import AIM, children, decoded, decoding, on_both_loops, until


async def who() -> dict[str, Any]:
    async with decoding() as decoders:
        told = (await decoded(decoders, b"who")).prepared.picture.description
        return json.loads(told)  # type: ignore[no-any-return]


@on_both_loops
async def test_a_child_stands_back_and_can_write_nothing() -> None:
    seen = await who()
    assert seen["nice"] >= min(19, os.nice(0) + limits.NICE)
    assert seen["core"] == seen["files"] == [0, 0]
    assert seen["model"] == "gpt-4o"


@on_both_loops
async def test_a_child_has_a_session_of_its_own_and_leaves_ctrl_c_to_its_parent() -> None:
    seen = await who()
    assert seen["session"] == seen["pid"] != os.getsid(0)
    assert seen["interrupt"]


@on_both_loops
async def test_a_child_has_no_descriptor_of_its_parent() -> None:
    seen = await who()
    kinds = [name.partition(":")[0] for name in seen["descriptors"]]
    assert kinds == ["/dev/null", "pipe", "socket"]
    assert seen["open"] == 4  # these, and the folder in which they are counted


async def test_a_child_does_not_know_the_keys_of_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("SIGHTLINE_BEARER", "secret")
    environment = (await who())["environment"]
    assert "secret" not in str(environment)
    assert environment["PATH"] == os.environ["PATH"]
    assert environment.items() >= limits.FORGETFUL.items()


async def test_a_child_has_not_the_service_in_its_memory() -> None:
    assert (await who())["modules"] == []


@pytest.mark.parametrize("way", ["kill", "close"])
def test_children_die_with_their_parent(tmp_path: Path, way: str) -> None:
    """Also one that is in the middle of C code, which reads no socket."""
    script = textwrap.dedent(
        """
        import asyncio, sys
        from tests.injector.decoding.conftest import *

        async def main():
            decoders = Decoders(AIM, prepare=OBEY)
            asked = [asyncio.create_task(decoded(decoders, b"spin")) for _ in range(2)]
            await until(lambda: len(children()) == 2)
            await asyncio.sleep(0.5)
            print(*children(), flush=True)
            await asyncio.gather(*asked)

        asyncio.run(main())
        """
    )
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[3])])
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths},
    ) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL if way == "kill" else signal.SIGTERM)
    assert len(pids) == 2
    asyncio.run(until(lambda: not any(map(runs, pids))))


def runs(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_a_child_ends_by_itself_when_the_socket_closes() -> None:
    async with decoding() as decoders:
        await decoded(decoders, b"one")
        (pid,) = children()
        (worker,) = decoders._all
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        assert pid not in children()


async def test_a_child_that_cannot_import_its_task_is_not_ready() -> None:
    task = child.Task("no_such_module:prepare", AIM)
    one = child.Child(task)
    with pytest.raises(child.Died) as raised:
        await one.ready()
    assert not raised.value.had_begun
    assert await one.end() != 0
    assert "no_such_module" in one.spoken
