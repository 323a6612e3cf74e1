"""The loop by hand, command by command, over real sockets."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from contract.config import load
from contract.fieldpath import FieldPath
from contract.har import from_har
from contract.recording import read

Run = Callable[..., subprocess.CompletedProcess[str]]

PHOTOS = Path(__file__).parent.parent.parent / "rehearsal" / "photos"
HEADER = FieldPath("header", ("x-conversation-id",))


def rehearse(run: Run, parts: Mapping[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    return run("rehearse", "--endpoint", f"{parts['capture']}/v1", *more)


def test_an_engineer_finds_the_id_and_replays(
    run: Run, parts: Mapping[str, str], tmp_path: Path
) -> None:
    photos = ["--image", str(PHOTOS / "astronaut.jpg"), "--image", str(PHOTOS / "rocket.jpg")]
    held = rehearse(run, parts, *photos)
    assert held.returncode == 0, held.stderr
    assert "top left grey, top right light" in held.stdout
    assert "top left blue, top right blue" in held.stdout

    shown = run("show", "first.jsonl")
    assert "▲ $request.header.x-conversation-id" in shown.stdout
    listed = run("show", "--line", "first.jsonl")
    assert len(listed.stdout.splitlines()) == len(read(tmp_path / "first.jsonl").exchanges)

    (tmp_path / "config.yaml").write_text("# mine\nconversation_id: [$request.query.id]  # here\n")
    found = run("locate", "first.jsonl", "--write")
    assert found.returncode == 0, found.stdout
    assert "+  - $request.header.x-conversation-id" in found.stdout
    written = (tmp_path / "config.yaml").read_text()
    assert written.startswith("# mine\n")
    assert "# here" in written
    assert load(tmp_path / "config.yaml", {}).conversation_id == (HEADER,)

    replay = ["replay", "first.jsonl", "--target", parts["serve"]]
    again = run(*replay, *photos, "--junit", "junit.xml")
    assert again.returncode == 0, again.stdout
    assert "good  all 12 turns" in again.stdout
    suite = ET.parse(tmp_path / "junit.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("12", "0")


def test_an_id_that_is_nowhere_is_absent(run: Run, parts: Mapping[str, str]) -> None:
    assert rehearse(run, parts, "--id-in", "nowhere").returncode == 0
    done = run("locate", "first.jsonl", "--json")
    assert done.returncode == 3, done.stdout
    report = json.loads(done.stdout)
    assert (report["verdict"], report["path"]) == ("absent", None)


def test_one_conversation_is_insufficient_until_its_id_is_known(
    run: Run, parts: Mapping[str, str]
) -> None:
    assert rehearse(run, parts, "--conversations", "1", "--id-in", "extra_body").returncode == 0
    done = run("locate", "first.jsonl", "--json")
    assert done.returncode == 4
    candidate = json.loads(done.stdout)["candidates"][0]
    assert candidate["path"] == "$request.body#/elevenlabs_extra_body/conversation_id"
    known = run("locate", "first.jsonl", "--json", "--known-id", candidate["sample"])
    assert known.returncode == 0
    assert json.loads(known.stdout)["path"] == candidate["path"]


def test_a_replay_tells_what_a_platform_would_fail_on(run: Run, parts: Mapping[str, str]) -> None:
    assert rehearse(run, parts, "--conversations", "1").returncode == 0
    done = run("replay", "first.jsonl", "--target", f"{parts['model']}", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["verdict"] == "bad"
    assert "Unrecognized request argument" in report["turns"][0]["problems"][0]


def test_a_replay_against_nobody_is_bad_and_says_why(run: Run, parts: Mapping[str, str]) -> None:
    assert rehearse(run, parts, "--conversations", "1").returncode == 0
    done = run("replay", "first.jsonl", "--target", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert done.stderr.startswith("sightline: nobody listens at http://127.0.0.1:9 (Connection ref")
    assert done.stderr.count("\n") == 1


def test_a_replay_that_cannot_share_its_picture_says_why(
    run: Run, parts: Mapping[str, str], tmp_path: Path
) -> None:
    assert rehearse(run, parts, "--conversations", "1").returncode == 0
    (tmp_path / "prose.jpg").write_text("no picture")
    done = run(
        "replay", "first.jsonl", "--target", parts["serve"], "--image", str(tmp_path / "prose.jpg")
    )
    assert done.returncode == 2
    assert "these bytes are no picture" in done.stderr


def test_a_recording_opens_elsewhere_after_export(
    run: Run, parts: Mapping[str, str], tmp_path: Path
) -> None:
    assert rehearse(run, parts, "--conversations", "1").returncode == 0
    done = run("export", "first.jsonl", "--har", "first.har")
    assert done.returncode == 0
    assert (tmp_path / "first.har").stat().st_mode & 0o077 == 0
    document = json.loads((tmp_path / "first.har").read_text())
    urls = [exchange.request.url for exchange in from_har(document, name="first.har").exchanges]
    assert urls == [it.request.url for it in read(tmp_path / "first.jsonl").exchanges]
    assert run("locate", "first.har").returncode == 4


def test_check_live_asks_the_model_and_the_store(
    run: Run, parts: Mapping[str, str], tmp_path: Path
) -> None:
    (tmp_path / "config.yaml").write_text(
        f"injector:\n  upstream: {{base_url: '{parts['model']}/v1'}}\n"
        "  images: {store: 'memory:'}\n"
    )
    done = run("check", "--live")
    assert done.returncode == 0, done.stdout
    assert "ok      key and model" in done.stdout
    assert "sk-planted-for-tests" not in done.stdout + done.stderr


def test_check_live_fails_where_nobody_answers(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "injector: {upstream: {base_url: 'http://127.0.0.1:9/v1'}, images: {store: 'memory:'}}\n"
    )
    done = run("check", "--live")
    assert done.returncode == 1
    assert "failed  key and model" in done.stdout
    assert "Traceback" not in done.stderr
