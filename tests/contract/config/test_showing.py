"""The configuration in force as text."""

from dataclasses import replace
from pathlib import Path

import pytest

from contract.config import Config, read, show

ODD = r"""
conversation_id: [{from: "$request.query.it's # $${x}", match: '["''\\ ]$${'}, $request.path.0]
capture:
  listen: '[::1]:0'
  recordings: 'a: b # ''c'' $${d}'
  redact: {headers: [], body: [{from: $request.body#/a, match: 'b{1,2}'}], text: true}
injector:
  upstream: {model: null, idle_timeout: 1.25s}
  images: {store: "sqlite:a b.db", max_upload: 1000001, detail: low}
  browser: {origins: [http://a.b, http://c.d]}
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


def test_units_are_shown_as_a_person_writes_them() -> None:
    shown = show(Config())
    for line in (
        "first_byte_timeout: 3.5s",
        "ttl: 2h",
        "max_upload: 20MiB",
        "listen: 127.0.0.1:8000",
    ):
        assert line in shown


def test_no_model_is_shown_as_null() -> None:
    injector = Config().injector
    upstream = replace(injector.upstream, model=None)
    shown = show(replace(Config(), injector=replace(injector, upstream=upstream)))
    assert "model: null\n" in shown
