"""Pictures, each kept once for as long as somebody holds it. Nothing but values."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from injector.shared import Picture


@dataclass(slots=True)
class _Held:
    picture: Picture
    holders: int = 0


class Holding:
    """Pictures by digest; one that nobody holds is gone.

    `size` is the bytes of all that is held: parts and descriptions.
    """

    def __init__(self) -> None:
        self.size = 0
        self._held: dict[str, _Held] = {}

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, digest: str) -> bool:
        return digest in self._held

    def __getitem__(self, digest: str) -> Picture:
        return self._held[digest].picture

    def __iter__(self) -> Iterator[Picture]:
        return (one.picture for one in self._held.values())

    def hold(self, picture: Picture) -> None:
        """Hold a picture once more; what is known of one that is here stays as it is."""
        held = self._held.get(picture.digest)
        if held is None:
            held = self._held[picture.digest] = _Held(picture)
            self.size += _weight(picture)
        held.holders += 1

    def let_go(self, digest: str) -> None:
        """Hold a picture once less."""
        held = self._held[digest]
        held.holders -= 1
        if not held.holders:
            del self._held[digest]
            self.size -= _weight(held.picture)

    def describe(self, digest: str, description: str) -> None:
        """Remember what a model says of a picture, if it is held."""
        held = self._held.get(digest)
        if held is not None:
            self.size -= _weight(held.picture)
            held.picture = replace(held.picture, description=description)
            self.size += _weight(held.picture)

    def clear(self) -> None:
        """Let go of everything."""
        self._held.clear()
        self.size = 0


def _weight(picture: Picture) -> int:
    return len(picture.part) + len(picture.description.encode("utf-8", "surrogatepass"))
