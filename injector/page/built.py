"""The page as `make page` has built it: its files are found once, and kept in memory.

A path is looked up among the files that were there at the start, and never on the disk, so no path
leads anywhere else; and a page that is built anew meanwhile does not change under those who have it
open. Beside a file may lie the same compressed, `NAME.br` and `NAME.gz`, which the build has made.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

INDEX = "index.html"

_HERE = Path(__file__).parent
_PLACES = (_HERE / "_built", _HERE.parent.parent / "web" / "dist")
"""In an installed package, and in a source tree."""

_CODINGS = {".br": "br", ".gz": "gzip"}
_IMMUTABLE = "assets/"  # where Vite puts files whose names hold a digest of what is in them
_TEXT = "; charset=utf-8"
_TYPES = {
    ".css": f"text/css{_TEXT}",
    ".html": f"text/html{_TEXT}",
    ".ico": "image/x-icon",
    ".js": f"text/javascript{_TEXT}",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": f"text/plain{_TEXT}",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Not the system's own table: with `nosniff`, a script of another type is not run."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the page. `coded` is the same, compressed, by the name of the coding."""

    body: bytes = field(repr=False)
    media_type: str
    digest: str
    is_immutable: bool
    coded: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def built() -> Mapping[str, File]:
    """Return the page's files by their paths, such as `assets/x.js`; none where it is not built.

    Raises:
        OSError: a file cannot be read.
    """
    folder = next((place for place in _PLACES if (place / INDEX).is_file()), None)
    return {} if folder is None else files_of(folder)


def files_of(folder: Path) -> Mapping[str, File]:
    """Return the files of a folder by their paths in it, those that are compressed with the others.

    Raises:
        OSError: one cannot be read.
    """
    there = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    return {path: _file(path, there) for path in there if not _is_twin(path, there)}


def _file(path: str, there: Mapping[str, bytes]) -> File:
    twins = {coding: there.get(path + ending) for ending, coding in _CODINGS.items()}
    return File(
        body=there[path],
        media_type=_TYPES.get(Path(path).suffix, "application/octet-stream"),
        digest=hashlib.sha256(there[path]).hexdigest()[:32],
        is_immutable=path.startswith(_IMMUTABLE),
        coded={coding: twin for coding, twin in twins.items() if twin is not None},
    )


def _is_twin(path: str, there: Mapping[str, bytes]) -> bool:
    return any(path.endswith(end) and path.removesuffix(end) in there for end in _CODINGS)
