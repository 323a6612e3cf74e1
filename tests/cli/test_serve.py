"""What `sightline serve` keeps out of its log."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from cli.serve import _secrets
from contract.config import Browser, Images, Injector, Store, Upstream, Webhooks


def kept_from_repr(section: Any) -> Iterator[str]:
    """Yield the values of the configuration that its `repr` does not show."""
    for field in dataclasses.fields(section):
        value = getattr(section, field.name)
        if dataclasses.is_dataclass(value):
            yield from kept_from_repr(value)
        elif not field.repr:
            yield value


def test_every_secret_of_the_configuration_is_kept_out_of_the_log() -> None:
    injector = Injector(
        bearer="one",
        upstream=Upstream(api_key="two"),
        browser=Browser(ticket_secret="three"),
        webhooks=Webhooks("four"),
        images=Images(store=Store.parse("redis://user:five@cache/0")),
    )
    told = _secrets(injector)
    assert {"one", "two", "three", "four", "five"} == set(told)
    assert set(kept_from_repr(injector)) <= set(told)


def test_where_there_are_no_secrets_there_are_none_to_keep() -> None:
    assert set(_secrets(Injector())) == {""}
