"""How models look at a picture: the sizes that they scale it to, and what they count.

Two kinds of arithmetic, both OpenAI's ("Images and vision", "Calculating costs"): tiles of 512
pixels, and patches of 32. Pure; which model does which is in `families`.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, sqrt
from typing import TypeAlias

from contract.config.model import Detail

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""

_TILE, _LONGEST, _SHORTEST, _GLANCE = 512, 2048, 768, 512
_PATCH = 32


@dataclass(frozen=True, slots=True)
class Tiles:
    """A model that counts tiles: `base` tokens for any picture, and `each` for a tile of 512.

    In detail `low` there are no tiles: the model sees the picture inside 512 x 512 pixels. Else it
    is fitted into 2048 x 2048, and then its shortest side to 768.
    """

    base: int
    each: int

    def fitted(self, size: Size, detail: Detail) -> Size:
        """Return what the model looks at of a picture of this size. Never larger."""
        if detail == "low":
            return inside(size, _GLANCE)
        width, height = inside(size, _LONGEST)
        short = min(width, height)
        if short <= _SHORTEST:
            return width, height
        return width * _SHORTEST // short, height * _SHORTEST // short

    def taken(self, size: Size, _detail: Detail) -> Size:
        """Return the largest size that is taken of a picture of this size: any is."""
        return size

    def tokens(self, size: Size, detail: Detail) -> int:
        """Return how many tokens of input a picture of this size is."""
        if detail == "low":
            return self.base
        width, height = self.fitted(size, detail)
        return self.base + self.each * ceil(width / _TILE) * ceil(height / _TILE)


@dataclass(frozen=True, slots=True)
class Within:
    """The bounds of what a model looks at: the longest side in pixels, and patches; None: any.

    A picture beyond them is scaled down by the model's side, or, where they are `firm`, refused.
    """

    side: int | None = None
    patches: int | None = None
    firm: bool = False

    def fitted(self, size: Size) -> Size:
        """Return a size inside the bounds, by OpenAI's own formula. Never larger."""
        width, height = size if self.side is None else inside(size, self.side)
        if self.patches is None or _patches((width, height)) <= self.patches:
            return width, height
        scale = _shrink((width, height), self.patches)
        return max(1, floor(width * scale)), max(1, floor(height * scale))


@dataclass(frozen=True, slots=True)
class Patches:
    """A model that counts patches of 32 x 32 pixels, at `each` tokens."""

    each: Fraction
    low: Within
    high: Within
    auto: Within

    def fitted(self, size: Size, detail: Detail) -> Size:
        """Return what the model looks at of a picture of this size. Never larger."""
        return self._within(detail).fitted(size)

    def taken(self, size: Size, detail: Detail) -> Size:
        """Return the largest size that is taken of a picture of this size."""
        within = self._within(detail)
        return within.fitted(size) if within.firm else size

    def tokens(self, size: Size, detail: Detail) -> int:
        """Return how many tokens of input a picture of this size is."""
        return ceil(_patches(self.fitted(size, detail)) * self.each)

    def _within(self, detail: Detail) -> Within:
        return {"low": self.low, "high": self.high, "auto": self.auto}[detail]


def inside(size: Size, side: int) -> Size:
    """Return a size with no side longer than `side`, in the same shape. Never larger."""
    longest = max(size)
    if longest <= side:
        return size
    width, height = (max(1, round(Fraction(it * side, longest))) for it in size)
    return width, height


def _patches(size: Size) -> int:
    width, height = size
    return ceil(width / _PATCH) * ceil(height / _PATCH)


def _shrink(size: Size, budget: int) -> float:
    """Return the factor that brings a picture inside a budget of patches.

    The rule is OpenAI's: by area, and then so that one side ends where a patch does.
    """
    width, height = size
    scale = min(1.0, sqrt(_PATCH**2 * budget / (width * height)))
    across, down = width * scale / _PATCH, height * scale / _PATCH
    if min(across, down) < 1:  # thinner than a patch, of which the rule would leave nothing
        return min(1.0, _PATCH / min(size), _PATCH * budget / max(size))
    return scale * min(floor(across) / across, floor(down) / down)
