"""The configuration in force as text."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.config import ANY, Below, Config, Rule, read, show
from contract.config.rules import FIXED

ODD = r"""
conversation_id: [{from: "$request.query.it's # $${x}", match: '["''\\ ]$${'}, $request.path.0]
capture:
  listen: '[::1]:0'
  recordings: 'a: b # ''c'' $${d}'
  redact: {headers: [], body: [{from: $request.body#/a, match: 'b{1,2}'}], text: true}
injector:
  upstream:
    model: null
    idle_timeout: 1.25s
    rules:
      - models: '(?i)it''s # $${x}: .*'
        when: 'yes'
        rename: {'a: b': 'null', c: d}
        drop: {a: any, b: 'any', c: below 1, d: below -0.25, e: 0, f: -1.5e3, g: null, h: 'null'}
        set: {a: none, b: {c: [1, '1', "a\nb", true], 'd e': {}}, f: '$${NAME}', g: [], h: ''}
      - {}
  vendor_fields: [a b, messages.é]
  images: {store: "sqlite:a b.db", max_upload: 1000001, detail: low, wait_for_picture: 1s,
    in_band: {from: "$request.query.it's # $${x}", match: "[\"'] (.*)$${"}}
  says: {failed: 'Sorry: "no"', greeting: null}
  browser: {origins: [http://a.b, http://c.d], uploads: off, associations: 7}
  page: {enabled: false, agent_id: 'null', rehearsal: http://127.0.0.1:8002}
  trusted_proxies: [fd00::/8, 10.0.0.1]
"""


def config_of(text: str) -> Config:
    return read(text, name="shown", environ={}, folder=Path())


@pytest.mark.parametrize(
    "text", ["", ODD, "injector: {upstream: {model: 'off'}}", "conversation_id:"]
)
def test_what_is_shown_is_read_again_as_it_was(text: str) -> None:
    assert config_of(show(config_of(text))) == config_of(text)


def test_secrets_that_are_set_are_masked_and_others_empty() -> None:
    text = "injector: {bearer: hunter2, images: {store: 'redis://:hunter2@cache:6379/0'}}"
    shown = show(config_of(text))
    assert "hunter2" not in shown
    assert "  bearer: '***'\n" in shown
    assert "    api_key: ''\n" in shown
    assert "redis://:***@cache:6379/0" in shown


def test_the_secrets_of_pages_and_webhooks_are_masked() -> None:
    text = "injector: {browser: {ticket_secret: hunter2}, webhooks: {elevenlabs: hunter2}}"
    shown = show(config_of(text))
    assert "hunter2" not in shown
    assert "    ticket_secret: '***'\n" in shown
    assert "    elevenlabs: '***'\n" in shown
    assert "    ticket_secret: ''\n" in show(Config())


def test_units_are_shown_as_a_person_writes_them() -> None:
    shown = show(Config())
    for line in (
        "first_byte_timeout: 3.5s",
        "ttl: 2h",
        "max_upload: 20MiB",
        "listen: 127.0.0.1:8000",
    ):
        assert line in shown


def test_a_rule_is_shown_as_a_person_writes_it() -> None:
    text = """      - models: 'my-model-.*'
        api: null
        when: tools
        rename: {max_tokens: max_completion_tokens}
        drop: {temperature: 0, seed: any, max_completion_tokens: below 1}
        set: {reasoning_effort: none}
"""
    assert text in show(config_of(f"injector:\n  upstream:\n    rules:\n{text}"))
    assert "    rules: []\n" in show(Config())
    assert "wait_for_picture: off\n" in show(Config())
    assert "in_band: off\n" in show(Config())


finite = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.text()
    | st.sampled_from(["any", "below 1", "null"])
    | st.integers()
    | finite
    | st.booleans()
    | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
names = st.text(min_size=1).filter(lambda name: name not in FIXED)


@given(
    st.dictionaries(names, values | st.builds(Below, finite) | st.just(ANY), max_size=3),
    st.dictionaries(names, values, max_size=3),
    st.dictionaries(names, names, max_size=3),
)
def test_any_rule_is_read_again_as_it_was(
    drop: dict[str, Any], set_: dict[str, Any], rename: dict[str, str]
) -> None:
    rule = Rule(drop=drop, set=set_, rename=rename)
    injector = Config().injector
    upstream = replace(injector.upstream, rules=(rule,))
    shown = show(replace(Config(), injector=replace(injector, upstream=upstream)))
    assert config_of(shown).injector.upstream.rules == (rule,)


def test_no_model_is_shown_as_null() -> None:
    injector = Config().injector
    upstream = replace(injector.upstream, model=None)
    shown = show(replace(Config(), injector=replace(injector, upstream=upstream)))
    assert "model: null\n" in shown
