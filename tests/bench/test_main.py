"""`python -m bench.locate` prints a table, and its exit status says whether anything is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import bench.locate.__main__ as bench
from bench.locate.ask import Reply, by_command, in_process
from bench.locate.case import KINDS, Case, case

APP = typer.Typer()
APP.command()(bench.main)

FOUND: dict[str, Any] = {"verdict": "found", "path": "$request.header.host", "match": None}
FOUND |= {"sessions": 2, "requests": 4, "reasons": [], "looked_in": []}
FOUND["candidates"] = [
    {"path": "$request.header.host", "match": None, "present": 4, "constant_within": 2}
    | {"distinct_between": 2, "sample": "x"}
]


def test_a_run_without_anything_wrong_is_good(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    ran = CliRunner().invoke(APP, ["--kind", "no-entries", "--json", str(file)])
    assert ran.exit_code == 0
    assert "no-entries" in ran.output
    results = json.loads(file.read_text())
    assert (results["cases"], results["right"], results["wrong"]) == (3, 3, 0)


def test_a_wrong_find_is_printed_loudly_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def guess(_: Case) -> Reply:
        return Reply(0, FOUND)

    monkeypatch.setattr(bench, "in_process", guess)
    ran = CliRunner().invoke(APP, ["--kind", "only-noise", "--seed", "0"])
    assert ran.exit_code == 1
    assert "wrong  only-noise/0" in ran.output
    assert "found $request.header.host" in ran.output


def test_cases_are_saved_with_their_truth(tmp_path: Path) -> None:
    CliRunner().invoke(APP, ["--kind", "no-entries", "--seed", "0", "--save", str(tmp_path)])
    folder = tmp_path / "no-entries" / "0"
    assert json.loads((folder / "1.har").read_text())["log"]["entries"] == []
    assert json.loads((folder / "truth.json").read_text())["verdict"] == "insufficient"


def test_a_kind_that_is_not_there_is_bad_usage() -> None:
    assert CliRunner().invoke(APP, ["--kind", "nonsense"]).exit_code == 2


@pytest.mark.parametrize("kind", ["header-conventional", "no-har-file", "known-integer"])
def test_the_real_command_says_what_the_functions_say(kind: str) -> None:
    one = case(KINDS[kind], 0)
    asked, ran = in_process(one), by_command(one)
    assert (asked.status, asked.json) == (ran.status, ran.json)
