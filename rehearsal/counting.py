"""How many tokens a request and its answer have: an estimate by OpenAI's own rules. Pure.

Text counts by its length, and pictures as gpt-4o counts them at detail high. A real model's count
of text differs; its count of pictures does not (OpenAI, "Calculating costs").
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from rehearsal.answer import Call, Say
from rehearsal.asked import Piece
from rehearsal.eyes import Seen

_CHARACTERS_PER_TOKEN: Final = 4
_TOKENS_PER_PICTURE: Final = 85
_TOKENS_PER_TILE: Final = 170


@dataclass(frozen=True, slots=True)
class Counted:
    """Tokens of the prompt, of these the ones that the prompt cache held, and of the answer."""

    prompt: int
    cached: int
    answer: int


def count(upto: Sequence[int], cached: int, answer: Say | Call) -> Counted:
    """Return the count of a request; `upto` is what `prompt_tokens` returns."""
    return Counted(upto[-1] if upto else 0, cached, len(answer.pieces))


def prompt_tokens(prompt: Sequence[Piece], seen: Sequence[Seen]) -> tuple[int, ...]:
    """Return for each piece of a prompt how many tokens there are up to its end.

    Args:
        prompt: the pieces, in order.
        seen: what the pictures in them show, in the same order.
    """
    costs = iter(map(picture_tokens, seen))
    characters = accumulate(len(piece.text) for piece in prompt)
    pictures = accumulate(sum(next(costs) for _ in range(piece.pictures)) for piece in prompt)
    return tuple(
        text // _CHARACTERS_PER_TOKEN + shown
        for text, shown in zip(characters, pictures, strict=True)
    )


def picture_tokens(seen: Seen) -> int:
    """Return what gpt-4o counts for a picture at detail high (OpenAI, "Calculating costs").

    Fitted into 2048 x 2048, then the shortest side to 768, then tiles of 512 x 512.
    """
    scale = min(1.0, 2048 / max(seen.width, seen.height))
    scale = min(scale, 768 / min(seen.width, seen.height))
    tiles = math.ceil(seen.width * scale / 512) * math.ceil(seen.height * scale / 512)
    return _TOKENS_PER_PICTURE + _TOKENS_PER_TILE * tiles
