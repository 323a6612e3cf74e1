"""The demo's own copy of config.yaml, and what its parts find in their environment."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from contract import fieldpath
from contract.config import Config, Store, load, show, with_conversation_id
from contract.errors import ConfigError

ANY_PORT = "127.0.0.1:0"

ENVIRONMENT = {"OPENAI_API_KEY": "stand-in", "SIGHTLINE_BEARER": "", "SIGHTLINE_TICKET_SECRET": ""}
"""What the demo's parts find instead of the real secrets of whoever runs it."""

IN_BAND = fieldpath.parse("$request.body#/elevenlabs_extra_body/temporaryId")
"""Where the page puts a picture that was chosen before the conversation has begun."""

_SCALAR = (
    r"""(?:\$\{[^}\n]*\}|'[^'\n]*'|"[^"\n]*"|[^\s,}])+"""  # on one line, in block or flow style
)


def write_config(folder: Path, model_at: str) -> Path:
    """Write a copy of config.yaml that names the stand-in model and no place of the ID."""
    path, here = folder / "config.yaml", Path("config.yaml")
    base_url = f"{model_at}/v1"

    def asks_it(config: Config) -> Config:
        upstream = replace(config.injector.upstream, base_url=base_url)
        return replace(
            config, conversation_id=(), injector=replace(config.injector, upstream=upstream)
        )

    text = here.read_text(encoding="utf-8") if here.is_file() else show(Config())
    changed = with_conversation_id(_with(text, {"base_url": base_url}), [])
    _write(path, changed, asks_it, Config())
    return path


def write_for_page(path: Path, rehearsal: str) -> None:
    """Have the endpoint tell its page of the rehearsal platform, and take pictures in band.

    Pictures stay in memory: what somebody tries this with is not kept when it is over.
    """
    now = load(path, ENVIRONMENT)

    def serves_it(config: Config) -> Config:
        images = replace(config.injector.images, in_band=IN_BAND, store=Store("memory", ""))
        page = replace(config.injector.page, enabled=True, rehearsal=rehearsal)
        return replace(config, injector=replace(config.injector, images=images, page=page))

    values = {"in_band": IN_BAND.expression, "store": "'memory:'", "rehearsal": rehearsal}
    upstream = replace(Config().injector.upstream, base_url=now.injector.upstream.base_url)
    other = replace(Config().injector, upstream=upstream)
    default = Config(conversation_id=now.conversation_id, injector=other)
    _write(path, _with(path.read_text(encoding="utf-8"), values), serves_it, default)


def _with(text: str, values: Mapping[str, str]) -> str:
    """Return the text of a configuration in which keys that it shows have other values."""
    for key, value in values.items():
        there = re.compile(rf"(?m)^([^#\n]*(?<=[\s{{]){key}:\s+){_SCALAR}")
        text = there.sub(rf"\g<1>{_verbatim(value)}", text)
    return text


def _verbatim(value: str) -> str:
    """Return what `re.sub` takes for these very words."""
    return value.replace("\\", r"\\")


def _write(path: Path, text: str, aim: Callable[[Config], Config], default: Config) -> None:
    """Write a configuration that is as `aim` makes any: this text, or else the default."""
    path.write_text(text, encoding="utf-8")
    try:
        found = load(path, ENVIRONMENT)
    except ConfigError:
        found = None  # whatever was changed in it, the demo's own parts need a good one
    if found is None or aim(found) != found:
        path.write_text(show(aim(default)), encoding="utf-8")
