"""Bodies as values: what is relayed of a turn, for tests that look at one thing."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from contract.config import Config, Rule
from contract.config.model import Placement
from injector.body import Api, Manner, Relayed, manner, parse_turn, relayed
from injector.shared import Picture, Shared


def picture(pixels: bytes = b"A", source: str = "") -> Picture:
    """Return a picture whose pixels are these bytes, which base64 writes without padding."""
    data = base64_of(pixels)
    part = f'"data:image/png;base64,{data}"'.encode()
    return Picture(sha256(pixels).hexdigest(), "image/png", 1, 1, len(pixels), part, source)


def base64_of(data: bytes) -> str:
    return b64encode(data).decode()


def manner_of(
    *,
    model: str | None = None,
    placement: Placement = "last_user",
    rules: Sequence[Rule] = (),
    vendor_fields: Sequence[str] | None = None,
) -> Manner:
    """Return a manner that keeps the request's model, but for what is given."""
    injector = Config().injector
    return manner(
        replace(
            injector,
            upstream=replace(injector.upstream, model=model, rules=tuple(rules)),
            images=replace(injector.images, placement=placement),
            vendor_fields=injector.vendor_fields if vendor_fields is None else tuple(vendor_fields),
        )
    )


def relay(
    body: str, pictures: Sequence[Shared] = (), *, api: Api = Api.CHAT, **how: Any
) -> tuple[str, Relayed]:
    """Return the text of the body that is relayed, and all that is known of it."""
    found = relayed(parse_turn(body.encode(), api), pictures, manner_of(**how))
    return b"".join(found.pieces).decode(), found


def value_of(body: Any, pictures: Sequence[Shared] = (), **how: Any) -> dict[str, Any]:
    """Return the value that is relayed of a value; no key stands twice in it."""
    out, _ = relay(json.dumps(body), pictures, **how)
    value: dict[str, Any] = json.loads(out, object_pairs_hook=_unique)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    assert len(value) == len(pairs)
    return value
