"""Field paths go into a configuration file on the disk, all at once or not at all."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from contract.config.editing import with_conversation_id
from contract.config.reading import decoded
from contract.errors import ConfigError
from contract.fieldpath import FieldPath


def write_conversation_id(path: Path, paths: Sequence[FieldPath]) -> tuple[str, str]:
    """Write field paths into a configuration file, and return its text before and after.

    A file that is missing is made, a link is followed, the mode stays. Nothing is written where the
    two texts are equal.

    Raises:
        ConfigError: the file cannot be read or written, or as `with_conversation_id`.
    """
    file = Path(os.path.realpath(path))
    mode = None
    try:
        data = file.read_bytes()
        mode = file.stat().st_mode & 0o7777
    except FileNotFoundError:
        data = b""
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    old = decoded(data, name=str(path))
    new = with_conversation_id(old, paths, name=str(path))
    if new != old:
        try:
            _replace(file, new.encode(), mode)
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None
    return old, new


def _replace(file: Path, data: bytes, mode: int | None) -> None:
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as stream:
            if mode is not None:
                temporary.chmod(mode)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
