"""The page on bodies and the tables in the code say the same."""

import re
from pathlib import Path

import yaml

from bench import placement
from contract.config import VENDOR_FIELDS, Rule, keys, read
from injector.body.rules import BUILT_IN, REASONING

PAGE = (Path(__file__).parent.parent.parent / "docs" / "bodies.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def row_of(rule: Rule) -> list[str]:
    """Return the first three cells of a rule's row."""
    models = "gpt-5 and later, o-series" if rule.models == REASONING else "every model"
    only = [f"`{key}: {value}`" for key, value in (("api", rule.api), ("when", rule.when)) if value]
    done = [
        f"`{key}: {keys.pairs_yaml(getattr(rule, key))}`"
        for key in ("rename", "drop", "set")
        if getattr(rule, key)
    ]
    return [models, ", ".join(only), ", ".join(done)]


def test_the_table_of_rules_is_the_one_that_is_built_in() -> None:
    assert [row[:3] for row in rows(section("Model rules"))] == [row_of(it) for it in BUILT_IN]
    assert {it.models for it in BUILT_IN} == {REASONING, ".*"}
    assert f"```text\n{REASONING}\n```" in PAGE


def test_every_rule_has_a_reason_and_says_how_it_is_known() -> None:
    for row in rows(section("Model rules")):
        assert re.search(r"\([DS]\)", row[3])


def test_the_vendor_fields_are_those_that_are_removed() -> None:
    listed = re.search(r"```yaml\n(injector:\n  vendor_fields.*?)```", PAGE, re.DOTALL)
    assert listed is not None
    assert tuple(yaml.safe_load(listed[1])["injector"]["vendor_fields"]) == VENDOR_FIELDS


def test_the_figures_on_placement_are_computed() -> None:
    assert "\n".join(placement.table()) in section("Placement")
    said = (
        f"{placement.PROMPT:,} tokens, with {placement.SAID} tokens said and {placement.ANSWERED}"
    )
    assert said in " ".join(PAGE.split())


def test_pictures_are_counted_as_openai_documents_it() -> None:
    assert [placement.tiles(1024, 1024), placement.tiles(2048, 4096)] == [765, 1105]
    assert [placement.patches(1024, 1024), placement.patches(4032, 3024)] == [1024, 11970]


def test_the_rules_on_the_page_can_be_pasted() -> None:
    for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        alone = text.startswith("rules:")
        whole = "injector:\n  upstream:\n    " + text.replace("\n", "\n    ") if alone else text
        assert read(whole, name="page", environ={}, folder=Path())
