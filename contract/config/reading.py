"""config.yaml becomes a `Config`, or one error that lists every problem with file and line."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from contract.config import document, keys, nodes
from contract.config.model import Config
from contract.config.walking import Walker
from contract.errors import ConfigError

DEFAULT_NAME = "config.yaml"


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration from a file; None means config.yaml here, or else the defaults.

    Raises:
        ConfigError: the file is named but missing, cannot be read, is not UTF-8, or has problems.
    """
    file = path or Path(DEFAULT_NAME)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        if path is not None:
            raise ConfigError(f"{file}: no such file; name the configuration's file") from None
        data = b""
    except IsADirectoryError:
        raise ConfigError(f"{file}: a directory; name the file in it") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    return read(decoded(data, name=str(file)), name=str(file), environ=environ, folder=file.parent)


def decoded(data: bytes, *, name: str) -> str:
    """Return the text of a file; a byte order mark and line ends stay as they are.

    Raises:
        ConfigError: it is not UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{data[error.start]:02x}"
        raise ConfigError(f"{name}:{line}: not UTF-8 ({found}); save it as UTF-8") from None


def read(text: str, *, name: str, environ: Mapping[str, str], folder: Path) -> Config:
    """Return the configuration that a text holds.

    Args:
        text: YAML; nothing in it means the defaults.
        name: the file's name, for messages.
        environ: where variables come from.
        folder: what relative paths are relative to.

    Raises:
        ConfigError: the text has problems; a line for each.
    """
    root = document.compose(text, name=name)
    walker = Walker(environ)
    config: Config = walker.section(keys.CONFIG, root, "")
    if walker.problems:
        lines = (
            f"{name}{f':{line}' if line else ''}: {problem}"
            for line, problem in sorted(walker.problems, key=lambda problem: problem[0])
        )
        raise ConfigError("\n".join(lines))
    return _relative_to(folder, config)


def _relative_to(folder: Path, config: Config) -> Config:
    capture = replace(config.capture, recordings=folder / config.capture.recordings)
    images = config.injector.images
    images = replace(images, store=images.store.within(folder))
    return replace(config, capture=capture, injector=replace(config.injector, images=images))


def read_paths(node: yaml.Node) -> Any:
    """Return the field paths of a node that stands at `conversation_id`, in an empty environment.

    Raises:
        ConfigError: what stands there are no field paths.
    """
    walker = Walker({})
    section = keys.Section(dict, {"paths": keys.CONFIG.keys["conversation_id"]})
    value = walker.section(section, nodes.mapping("paths", node), "")
    if walker.problems:
        raise ConfigError("\n".join(problem for _, problem in walker.problems))
    return value["paths"]
