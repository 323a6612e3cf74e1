"""What turns have named, where the store need not be asked about it again: bounded, and pure."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence

REMEMBERED = 10_000
"""The most pairs that are known to be settled: about 1 MB."""


class Settled:
    """Pairs of a conversation and a temporaryId about which the store need not be asked again.

    Of both only a digest is kept, so that memory tells no secret and names nobody who is forgotten.
    """

    def __init__(self) -> None:
        self._pairs: OrderedDict[bytes, bool] = OrderedDict()

    def put(self, key: str, temporary_id: str, *, is_own: bool) -> None:
        """Remember whether a picture has ever been this conversation's; the oldest leave."""
        self._pairs[_pair(key, temporary_id)] = is_own
        if len(self._pairs) > REMEMBERED:
            self._pairs.popitem(last=False)

    def holds(self, key: str, named: Sequence[str]) -> bool:
        """Tell whether all of these pairs are settled."""
        return all(_pair(key, one) in self._pairs for one in named)

    def is_own(self, key: str, named: Sequence[str]) -> bool:
        """Tell whether any of these is known to have been this conversation's."""
        return any(self._pairs.get(_pair(key, one), False) for one in named)


def _pair(key: str, temporary_id: str) -> bytes:
    return hashlib.sha256(f"{temporary_id} {key}".encode("utf-8", "surrogatepass")).digest()
