"""How bodies are changed: what the configuration says, made ready once, so that no turn does it."""

from collections.abc import Mapping
from dataclasses import dataclass

from contract.config import Injector, Rule
from contract.config.model import Detail, Placement
from injector.body.rules import BUILT_IN, Ready, literal, ready
from injector.body.shapes import Shape, shape
from injector.body.turn import Api

_IN_MESSAGES = "messages."


@dataclass(frozen=True, slots=True)
class Manner:
    """How bodies are changed.

    `model` is named instead of what the request names; None keeps that. `vendor_fields` go from the
    top level, `message_fields` from each message. `rules` are all that there are, in order. The
    rest is what follows from these.
    """

    model: str | None
    detail: Detail
    placement: Placement
    vendor_fields: frozenset[str]
    message_fields: frozenset[str]
    rules: tuple[Rule, ...]
    model_literal: bytes
    ready: Mapping[Api, tuple[Ready, ...]]
    shapes: Mapping[Api, Shape]


def manner(injector: Injector) -> Manner:
    """Return how the configuration wants bodies to be changed."""
    fields, model = injector.vendor_fields, injector.upstream.model
    inner = {name for name in fields if name.startswith(_IN_MESSAGES)}
    rules = (*BUILT_IN, *injector.upstream.rules)
    return Manner(
        model,
        injector.images.detail,
        injector.images.placement,
        frozenset(fields) - inner,
        frozenset(name.removeprefix(_IN_MESSAGES) for name in inner),
        rules,
        literal(model),
        {api: ready(rules, api, model) for api in Api},
        {api: shape(api, injector.images.detail) for api in Api},
    )
