"""What the page on running the endpoint says is what the endpoint does."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from contract.config import Upstream
from injector import happenings
from injector.discreet import Discreet
from injector.happenings import Kind
from injector.metrics import Metrics
from injector.record import PARTS, Outcome, TurnRecord
from injector.sharing import events
from injector.turnlog import as_json, as_text

PAGE = (Path(__file__).parent.parent.parent / "docs" / "operation.md").read_text(encoding="utf-8")
KINDS = {"counter": "_total", "gauge": "", "histogram": ""}


def table(head: str) -> list[list[str]]:
    rows = PAGE.partition(f"| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def registered() -> dict[str, tuple[str, set[str]]]:
    """Return the metrics of Sightline itself by name: type and labels."""
    found = {}
    for collector in vars(Metrics(Upstream())).values():
        if hasattr(collector, "_labelnames"):
            name = collector._name + KINDS[collector._type]
            found[name] = (collector._type, set(collector._labelnames))
    return found


def test_every_metric_is_in_the_table_with_its_type_and_labels() -> None:
    told = {}
    for name, kind, labels, *_ in table("metric"):
        told[name.strip("`")] = (kind, set(re.findall(r"`(\w+)`", labels)))
    assert told == registered()
    assert len(told) >= 11


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_the_examples_for_prometheus_are_yaml(example: str) -> None:
    assert yaml.safe_load(example)


def test_the_alert_rules_ask_for_metrics_that_there_are() -> None:
    rules = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])
    (group,) = rules["groups"]
    expressions = [rule["expr"] for rule in group["rules"]]
    assert len(expressions) == 3
    for expression in expressions:
        asked = set(re.findall(r"\b(?:sightline|gen_ai)_\w+", expression))
        assert asked
        assert {name.removesuffix("_bucket") for name in asked} <= set(registered())
        outcomes = re.findall(r'outcome=~"([\w|]+)"', expression)
        assert set("|".join(outcomes).split("|")) <= {*get_args(Outcome), ""}


def test_the_parts_and_the_outcomes_are_all_there() -> None:
    assert [row[0].strip("`") for row in table("part")] == list(PARTS)
    assert {row[0].strip("`") for row in table("`outcome`")} == set(get_args(Outcome))


def test_the_timeouts_are_those_of_the_configuration() -> None:
    told = {row[0].strip("`"): row[1] for row in table("setting of `injector.upstream`")}
    upstream = Upstream()
    assert told == {name: f"{getattr(upstream, name):g} s" for name in told}
    assert set(told) == {"first_byte_timeout", "connect_timeout", "idle_timeout"}


def test_the_sample_line_for_machines_has_the_members_of_a_line() -> None:
    sample: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
    told = as_json(TurnRecord(parts=dict.fromkeys(PARTS, 0.0)), Discreet())
    assert list(sample) == ["time", "level", "event", *told]
    assert list(sample["ms"]) == list(told["ms"])


def test_the_sample_lines_for_people_are_what_is_written() -> None:
    known = TurnRecord(
        conversation_id="conv_9801m4394evfexfsqb05pv6z39x3",
        context="attached;n=1",
        outcome="answered",
        status=200,
        first_chunk=0.412,
        added=0.42,
        duration=2.13,
    )
    assert f"12:01:05  {as_text(known, Discreet())}\n" in PAGE
    sample = PAGE.partition("```text\n12:")[2].partition("```")[0]
    lines = [line for line in sample.splitlines() if "asked again" not in line]
    assert all(len(line) <= 80 for line in lines if "(injector." not in line)


def test_every_event_is_in_the_table_and_the_bounds_are_those_of_the_code() -> None:
    assert [event.strip("`") for event, *_ in table("event")] == list(get_args(Kind))
    for told in (
        f"last\n  {happenings.KEPT} events of a conversation",
        f"of the {happenings.MOST:,} conversations",
        f"every {events.BEAT:g} seconds",
        f"- {happenings.WATCHERS} may watch one conversation (429",
        f"and {happenings.ALL_WATCHERS} all together (503)",
        f"does not answer for {events._UNANSWERED // 1000} seconds",
    ):
        assert told in PAGE, told
