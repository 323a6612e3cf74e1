"""`sightline locate` as a person runs it: what it prints, writes, and how it ends."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from contract import recording
from contract.exchange import Exchange, Request
from contract.fieldpath import parse
from rehearsal import payload
from rehearsal.payload import Agent, Placement

Typed = Callable[..., CompletedProcess[str]]

CONFIG = "# mine\nconversation_id:  # the old one\n  - $request.header.x-old\nbrowser_note: 1\n"


def calls(*placements: Placement, turns: int = 2) -> list[Exchange]:
    """Return a call for each placement, as the rehearsal platform would send it."""
    made = []
    for number, placement in enumerate(placements):
        conversation_id, history = payload.new_conversation_id(), []
        agent = Agent(placement=placement)
        for turn in range(turns):
            history.append({"role": "user", "content": f"Caller {number * 7} asks {turn}."})
            made.append(
                Exchange(
                    f"{number}-{turn}",
                    datetime(2026, 11, 23, 9, number, turn, tzinfo=UTC) + timedelta(hours=number),
                    Request(
                        "POST",
                        "http://h/v1/chat/completions",
                        tuple(payload.headers(agent, conversation_id).items()),
                        payload.body(agent, conversation_id, history),
                    ),
                )
            )
            history.append({"role": "assistant", "content": f"Answer {number}.{turn}."})
    return made


@pytest.fixture
def recorded(tmp_path: Path) -> Callable[[Sequence[Exchange]], str]:
    def write(exchanges: Sequence[Exchange]) -> str:
        recording.write(tmp_path / "calls.jsonl", exchanges, by="a test")
        return "calls.jsonl"

    return write


def test_found_ends_with_0_and_says_where(
    typed: Typed, recorded: Callable[[Sequence[Exchange]], str]
) -> None:
    done = typed("locate", recorded(calls(Placement.HEADER, Placement.HEADER)))
    assert done.returncode == 0
    assert done.stdout.splitlines()[1:3] == [
        "found  in 4 turns of 2 conversations",
        "  $request.header.x-conversation-id",
    ]
    assert "the grouping into conversations is" in done.stdout
    assert "This is" not in done.stdout


def test_absent_ends_with_3_and_says_what_to_do(
    typed: Typed, recorded: Callable[[Sequence[Exchange]], str]
) -> None:
    done = typed("locate", recorded(calls(Placement.NOWHERE, Placement.NOWHERE)))
    assert done.returncode == 3
    assert "This is ElevenLabs Agents" in done.stdout
    assert '"variable_name": "system__conversation_id"' in done.stdout
    assert "customLlmExtraBody" in done.stdout


def test_absent_says_the_same_to_machines(
    typed: Typed, recorded: Callable[[Sequence[Exchange]], str]
) -> None:
    done = typed("locate", recorded(calls(Placement.NOWHERE, Placement.NOWHERE)), "--json")
    finding = json.loads(done.stdout)
    assert (done.returncode, finding["verdict"], finding["path"]) == (3, "absent", None)
    assert finding["remedy"]["platform"] == "ElevenLabs Agents"
    assert finding["grouping"]["certainty"] in {"sure", "likely", "unsure"}


def test_one_call_ends_with_4_and_shows_its_candidate(
    typed: Typed, recorded: Callable[[Sequence[Exchange]], str]
) -> None:
    done = typed("locate", recorded(calls(Placement.EXTRA_BODY)))
    assert done.returncode == 4
    assert "capture one more" in done.stdout
    assert "$request.body#/elevenlabs_extra_body/conversation_id" in done.stdout


def test_an_ordered_list_is_written_in_place_and_shown(
    typed: Typed, recorded: Callable[[Sequence[Exchange]], str], tmp_path: Path
) -> None:
    file = recorded(calls(*[Placement.HEADER] * 2, *[Placement.PROMPT] * 2))
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.replace("browser_note: 1\n", "injector: {listen: 127.0.0.1:8000}\n"))
    done = typed("locate", file, "--write")
    assert done.returncode == 0
    written = config.read_text()
    assert written.startswith("# mine\nconversation_id:  # the old one\n")
    assert written.endswith("injector: {listen: 127.0.0.1:8000}\n")
    assert "$request.header.x-conversation-id" in written
    assert r"match: '\bconversation\s+is\s+(conv_[a-zA-Z0-9]+)'" in written
    assert "-  - $request.header.x-old" in done.stdout
    assert "closest misses" not in done.stdout
    assert "config.yaml is written" in done.stdout
    again = typed("locate", file, "--write")
    assert "config.yaml says so already" in again.stdout


def test_nothing_is_written_where_nothing_was_found(
    typed: Typed, recorded: Callable[[Sequence[Exchange]], str], tmp_path: Path
) -> None:
    done = typed("locate", recorded(calls(Placement.NOWHERE, Placement.NOWHERE)), "--write")
    assert "config.yaml is left as it is" in done.stderr
    assert not (tmp_path / "config.yaml").exists()


def test_a_known_id_is_found_in_one_call(
    typed: Typed, recorded: Callable[[Sequence[Exchange]], str]
) -> None:
    exchanges = calls(Placement.PROMPT)
    path = parse({"from": "$request.body#/messages/0/content", "match": "(conv_[a-z0-9]+)"})
    known = path.find(exchanges[0].request)
    assert known
    done = typed("locate", recorded(exchanges), "--known-id", known, "--json")
    finding = json.loads(done.stdout)
    assert (done.returncode, finding["verdict"]) == (0, "found")
    assert finding["candidates"][0]["equals_known"] == 2


def test_an_empty_known_id_is_no_id(
    typed: Typed, recorded: Callable[[Sequence[Exchange]], str]
) -> None:
    done = typed("locate", recorded(calls(Placement.HEADER)), "--known-id", "")
    assert done.returncode == 2
    assert "--known-id" in done.stderr
