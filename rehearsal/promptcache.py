"""The prompt cache, imitated: which beginning of a prompt was asked before.

No real cache: an imitation of the rule that OpenAI documents ("Prompt caching"), so that one can
see whether requests are made so that it would hold. A prompt's exactly equal beginning counts from
1,024 tokens on, in steps of 128. Beginnings are compared by whole pieces here (the tools, a
message), not by tokens, and are forgotten by number, not by time.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final

from rehearsal.asked import Piece

LEAST: Final = 1024
STEP: Final = 128
_REMEMBERED: Final = 4096  # beginnings; a hash each


class PromptCache:
    """Beginnings of prompts, as hashes; the oldest are forgotten first."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def ask(self, model: str, prompt: Sequence[Piece], upto: Sequence[int]) -> int:
        """Return how many tokens of a prompt were cached, and remember the prompt.

        Args:
            model: a cache of its own for each.
            prompt: the pieces, in order.
            upto: how many tokens there are up to the end of each piece.
        """
        cached = 0
        for beginning, tokens in zip(_beginnings(model, prompt), upto, strict=True):
            if beginning in self._seen:
                cached = tokens
            self._remember(beginning)
        return 0 if cached < LEAST else cached - cached % STEP

    def _remember(self, beginning: bytes) -> None:
        self._seen[beginning] = None
        self._seen.move_to_end(beginning)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)


def _beginnings(model: str, prompt: Sequence[Piece]) -> Iterator[bytes]:
    """Yield a hash of each beginning of a prompt, the shortest first."""
    digest = hashlib.sha256(model.encode())
    for piece in prompt:
        digest.update(json.dumps(piece.value, sort_keys=True).encode())
        yield digest.digest()
