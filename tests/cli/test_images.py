"""`sightline images`: what an operator sees and forgets of the store, beside the endpoint."""

import asyncio
import json
import re
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli import inventory
from injector.shared import Picture
from injector.store import Limits
from injector.store.sqlite import SqliteStore

Typed = Callable[..., subprocess.CompletedProcess[str]]

LONG = "x" * 150
NASTY = "a\x1b[2Jb\nc"


def picture(number: int, size: int = 2048) -> Picture:
    digest = f"{number:064x}"
    return Picture(digest, "image/jpeg", 1024, 768, size, b'"data:image/jpeg;base64,AAAA"')


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with three conversations, of which two share a picture, and an upload that waits."""
    file = tmp_path / "var" / "sightline.db"

    async def fill() -> None:
        store = SqliteStore(str(file), Limits())
        for conversation, numbers in (("conv_1", (1, 2)), (LONG, (2,)), (NASTY, (3,))):
            token = ""
            for number in numbers:
                from injector.shared import Right

                temporary_id = (await store.keep(picture(number))).temporary_id
                right = Right(token=token)
                made = await store.associate(conversation, temporary_id, right=right)
                token = token or made.token
        await store.keep(picture(4, 10_000_000))
        await store.describe(picture(1).digest, "A cat.\nIt sleeps on a very wide sofa. " * 5)
        await store.announce("conv_2")
        await store.close()

    asyncio.run(fill())
    return file


def test_list_tells_conversations_totals_and_what_waits(typed: Typed, store: Path) -> None:
    done = typed("images", "list")
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert re.search(
        r"^ +2 +4 KB  in (?:1 h 59|2 h 00) min +20\d\d-.*  conv_1$", done.stdout, re.MULTILINE
    )
    assert LONG in done.stdout
    assert r"a\u001b[2Jb\u000ac" in done.stdout
    assert lines[-2] == "3 conversations; 4 pictures, 9.5 MB; 1 upload waits for a conversation"
    assert lines[-1].startswith("in sqlite:")


def test_list_as_json_is_for_machines(typed: Typed, store: Path) -> None:
    told = json.loads(typed("images", "list", "--json").stdout)
    assert (told["waiting"], told["images"], told["bytes"]) == (1, 4, 10_006_144)
    found = {one["conversationId"]: one for one in told["contexts"]}
    assert set(found) == {"conv_1", LONG, NASTY}
    assert (found["conv_1"]["images"], found["conv_1"]["bytes"]) == (2, 4096)
    assert datetime.fromisoformat(found["conv_1"]["expiresAt"]) > datetime.now(UTC)


def test_show_tells_each_picture_and_what_a_model_says_of_it(typed: Typed, store: Path) -> None:
    done = typed("images", "show", "conv_1")
    assert done.returncode == 0
    assert "image/jpeg" in done.stdout
    assert "1024 x 768" in done.stdout
    assert "tokens" in done.stdout
    assert "A cat. It sleeps" in done.stdout
    assert "base64" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_show_as_json_is_what_the_endpoint_tells(typed: Typed, store: Path) -> None:
    told = json.loads(typed("images", "show", "conv_1", "--json").stdout)
    assert told["conversationId"] == "conv_1"
    assert [image["bytes"] for image in told["images"]] == [2048, 2048]
    assert told["images"][0]["description"].startswith("A cat.")
    assert told["pending"] is False


def test_show_tells_of_a_picture_that_is_on_its_way(typed: Typed, store: Path) -> None:
    done = typed("images", "show", "conv_2")
    assert done.returncode == 0
    assert "one more picture is announced" in done.stdout


def test_looking_keeps_nothing_any_longer(typed: Typed, store: Path) -> None:
    before = typed("images", "list", "--json").stdout
    time.sleep(1.1)
    typed("images", "show", "conv_1")
    assert typed("images", "list", "--json").stdout == before


def test_forget_says_what_went_and_leaves_what_others_share(typed: Typed, store: Path) -> None:
    done = typed("images", "forget", "conv_1")
    assert done.returncode == 0
    assert done.stdout.startswith("forgotten: 2 pictures, 4 KB, of conversation conv_1\n")
    left = json.loads(typed("images", "list", "--json").stdout)
    assert {one["conversationId"] for one in left["contexts"]} == {LONG, NASTY}
    assert left["images"] == 3


@pytest.mark.parametrize("command", ["show", "forget"])
def test_what_is_not_there_is_said_and_is_status_1(typed: Typed, store: Path, command: str) -> None:
    done = typed("images", command, "conv_\x1b9")
    assert done.returncode == 1
    assert done.stdout == "conversation conv_\\u001b9 has no picture\n"


def test_an_empty_store_has_nothing(typed: Typed, tmp_path: Path) -> None:
    asyncio.run(SqliteStore(str(tmp_path / "empty.db"), Limits()).close())
    (tmp_path / "config.yaml").write_text("injector: {images: {store: 'sqlite:empty.db'}}\n")
    done = typed("images", "list")
    assert done.returncode == 0
    assert done.stdout.startswith("0 conversations; 0 pictures, 0 bytes; nothing waits\n")


COMMANDS = [("list",), ("show", "conv_1"), ("forget", "conv_1")]


@pytest.mark.parametrize("command", COMMANDS)
def test_memory_can_only_be_asked_through_its_endpoint(
    typed: Typed, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "my.yaml").write_text("injector: {images: {store: 'memory:'}}\n")
    done = typed("images", *command, "--config", "my.yaml")
    assert done.returncode == 2
    assert "curl -X DELETE" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_looking_for_a_store_makes_none(
    typed: Typed, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = typed("images", *command)
    assert done.returncode == 2
    assert "injector.images.store" in done.stderr
    assert not (tmp_path / "var").exists()


def test_a_file_that_is_no_store_is_said_to_be_none(typed: Typed, store: Path) -> None:
    store.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    done = typed("images", "list")
    assert done.returncode == 2
    assert "sqlite" in done.stderr or "database" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [(), ("list",), ("show",), ("forget",)])
def test_each_command_tells_what_it_does(typed: Typed, command: tuple[str, ...]) -> None:
    done = typed("images", *command, "--help")
    assert done.returncode == 0
    assert f"Usage: sightline {' '.join(('images', *command))}" in done.stdout


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-5, "now"),
        (0, "now"),
        (59, "in 59 s"),
        (60, "in 1 min"),
        (7199, "in 1 h 59 min"),
        (3 * 86400 + 3600, "in 3 d 01 h"),
    ],
)
def test_times_are_said_in_the_units_that_matter(seconds: int, told: str) -> None:
    now = datetime.now(UTC)
    assert inventory.time_left(now + timedelta(seconds=seconds), now) == told
