"""Bad input on the command line: one clear line, exit status 2, never a traceback."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

RECORDING = (
    '{"recording":1,"created":"2026-11-23T09:00:00+00:00","by":"a test"}\n'
    '{"id":"1","started":"2026-11-23T09:00:01+00:00","request":{"method":"GET","url":'
    '"http://h/healthz","headers":[],"body":null},"response":null,"complete":true}\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of things that are not what they should be."""
    texts = {
        "empty.jsonl": "",
        "prose.jsonl": "This is a letter, not a recording.\n",
        "newer.jsonl": '{"recording": 99}\n',
        "cut.har": '{"log": {"entries": [',
        "other.har": '{"nothing": "here"}',
        "no-turn.jsonl": RECORDING,
        "good.jsonl": RECORDING,
        "torn.jsonl": RECORDING[:150],
        "there.har": "{}",
        "path.yaml": "conversation_id: request.header.x\n",
        "key.yaml": "injektor: {}\ncapture: {listen: nowhere}\n",
        "variable.yaml": "injector: {bearer: '${NOT_SET_ANYWHERE}'}\n",
        "store.yaml": "injector: {images: {store: 'sqlite:empty.jsonl/x.db'}}\n",
        "broken.yaml": "conversation_id: [unclosed\n",
        "folder.jsonl/inside": "",
        "blank.txt": " \n\n",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\xff")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("show missing.jsonl", "cannot read missing.jsonl"),
        ("show folder.jsonl", "cannot read folder.jsonl"),
        ("show empty.jsonl", "is empty"),
        ("show prose.jsonl", "is no recording"),
        ("show newer.jsonl", "version 99"),
        ("locate cut.har", "no HAR file"),
        ("locate other.har", "other.har"),
        ("locate good.jsonl missing.jsonl", "cannot read missing.jsonl"),
        ("replay no-turn.jsonl --target http://127.0.0.1:1", "no turn to replay"),
        ("replay good.jsonl --target nowhere", "--target"),
        ("replay good.jsonl --image missing.png", "cannot read missing.png"),
        ("export good.jsonl --har there.har", "exists already"),
        ("export good.jsonl --har no/such/folder.har", "cannot write"),
        ("serve --config missing.yaml", "missing.yaml"),
        ("serve --config path.yaml", "path.yaml:1: conversation_id"),
        ("serve --config broken.yaml", "broken.yaml:"),
        ("serve --config variable.yaml", "NOT_SET_ANYWHERE"),
        ("serve --listen 127.0.0.1:0 --config store.yaml", "injector.images.store: the store"),
        ("serve --listen nonsense", "--listen"),
        ("serve --listen 127.0.0.1:70000", "65535"),
        ("serve --listen 0.0.0.0:0", "injector.bearer"),
        ("serve --listen 127.0.0.1:0 --upstream api.openai.com", "--upstream"),
        ("serve --listen 127.0.0.1:0 --upstream http://me:pw@h/v1", "--upstream: expected a URL"),
        (
            "replay good.jsonl --junit no/such/x.xml --target http://127.0.0.1:9",
            "no turn to replay",
        ),
        ("capture --listen 127.0.0.1:0 --out good.jsonl", "exists already"),
        ("capture --listen 127.0.0.1:0 --upstream localhost:8000", "--upstream"),
        ("capture --listen 127.0.0.1:0 --out empty.jsonl/x.jsonl", "cannot record to empty.jsonl"),
        ("check --config path.yaml", "path.yaml:1"),
        ("rehearse --endpoint localhost", "--endpoint"),
        ("rehearse --endpoint http://127.0.0.1:9/v1", "nobody listens at http://127.0.0.1:9/v1"),
        ("show torn.jsonl", "the last line is torn and was skipped, and nothing is left"),
        ("demo --out folder.jsonl", "exists already"),
        ("demo --out empty.jsonl/demo", "cannot make"),
        ("rehearse --image missing.png", "cannot read missing.png"),
        ("rehearse --script missing.txt", "cannot read missing.txt"),
        ("rehearse --script blank.txt", "blank.txt holds no line"),
        ("rehearse --script picture.txt", "picture.txt is no UTF-8 text"),
        ("rehearse --cascade-timeout 4", "--cascade-timeout: expected a duration"),
        ("rehearse --listen nonsense", "--listen"),
        ("rehearse --listen 127.0.0.1:0 --image good.jsonl", "--image go without --listen"),
        ("rehearse --listen 127.0.0.1:0 --conversations 2", "--conversations and --image go"),
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(
    typed: Run, folder: Path, command: str, says: str
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = typed(*command.split())
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert done.stderr.startswith("sightline: ")
    assert done.stderr.count("\n") == 1, done.stderr
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after == before, "nothing may be lost or changed"


def test_all_problems_of_a_configuration_come_at_once(typed: Run, folder: Path) -> None:
    done = typed("check", "--config", "key.yaml")
    assert done.returncode == 2
    assert "key.yaml:1: injektor: unknown key; did you mean injector?" in done.stderr
    assert "key.yaml:2: capture.listen" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "model", "capture", "rehearse"])
def test_a_busy_port_is_one_clear_line(typed: Run, busy_port: int, command: str) -> None:
    done = typed(command, "--listen", f"127.0.0.1:{busy_port}")
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1:{busy_port}" in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


@pytest.mark.parametrize("arguments", [["--nonsense"], ["nonsense"], ["serve", "--nonsense"]])
def test_an_unknown_word_is_status_2(typed: Run, arguments: list[str]) -> None:
    done = typed(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_locate_says_insufficient_for_a_file_without_a_turn(typed: Run, folder: Path) -> None:
    done = typed("locate", "no-turn.jsonl", "--json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["verdict"] == "insufficient"


def test_a_torn_last_line_is_told_and_the_rest_is_shown(typed: Run, folder: Path) -> None:
    (folder / "torn.jsonl").write_text(RECORDING + '{"id": "2", "started": "2026-')
    done = typed("show", "torn.jsonl")
    assert done.returncode == 0
    assert "GET http://h/healthz" in done.stdout
    assert done.stderr == "sightline: torn.jsonl: the last line is torn and was skipped\n"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_an_endpoint_that_would_ask_itself_is_not_started(typed: Run, name: str) -> None:
    done = typed("serve", "--listen", "127.0.0.1:8010", "--upstream", f"http://{name}:8010/v1")
    assert done.returncode == 2
    assert "is this endpoint's own address (127.0.0.1:8010)" in done.stderr
    assert done.stderr.count("\n") == 1
