"""What each family of models looks at, and what a picture costs there: a table with its sources.

Pure, and free of Pillow: whoever only counts tokens need not load a decoder.

The source is OpenAI's guide "Images and vision", as it was in autumn 2026 where it does not say
otherwise. D: documented; S: seen or reported by people; I: inferred. Nobody here has an account, so
nothing was tried live; docs/pictures.md shows the table and says what is not verified.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from contract.config.model import Detail
from injector.picture.aim import Aim
from injector.picture.looks import Patches, Size, Tiles, Within

Mark: TypeAlias = Literal["D", "S", "I"]


@dataclass(frozen=True, slots=True)
class Family:
    """A family of models: which names, how they look, how that is known and from where."""

    names: str
    looks: Tiles | Patches
    mark: Mark
    source: str


def _alike(each: str, within: Within) -> Patches:
    return Patches(Fraction(each), within, within, within)


_SMALL = Within(patches=1536)
_SQUARE = Within(side=2048, patches=6144)
_HIGH = Within(side=2048, patches=2500)
_GLANCE = Within(side=512)
_LARGE = Within(side=6000, patches=10_000)
_WHOLE = Within(side=65_535, patches=30_000, firm=True)

_NOW = "model sizing and multiplier tables"
_TILED = "table of base and tile tokens"
_EARLIER = "the guide of 2025; the present one names no limit"

FAMILIES = (
    Family("gpt-4o-mini", Tiles(2833, 5667), "D", _TILED),
    Family("(?:chat)?gpt-4o", Tiles(85, 170), "D", _TILED),
    Family("gpt-4\\.1-mini", _alike("1.62", _SQUARE), "D", _NOW + "; 1,536 patches in 2025"),
    Family("gpt-4\\.1-nano", _alike("2.46", _SMALL), "D", _EARLIER),
    Family("gpt-4\\.1", Tiles(85, 170), "D", _TILED),
    Family(
        "gpt-4\\.5|gpt-4-turbo|gpt-4(?:-\\d+)?-vision", Tiles(85, 170), "D", "the guide of 2025"
    ),
    Family("o4-mini", _alike("1.72", _SMALL), "D", _EARLIER),
    Family("o[134]", Tiles(75, 150), "D", _TILED),
    Family("computer-use", Tiles(65, 129), "D", "the guide of 2025"),
    Family("gpt-5-mini", _alike("1.2", _SMALL), "D", _EARLIER + "; 1.62 in 2025"),
    Family("gpt-5-nano", _alike("1.5", _SMALL), "D", _EARLIER + "; 2.46 in 2025"),
    Family("gpt-5(?:\\.1)?", Tiles(70, 140), "D", _TILED),
    Family("gpt-5\\.[23]", _alike("1.2", _SQUARE), "D", _NOW + "; 5.3 is inferred"),
    Family("gpt-5\\.4", Patches(Fraction("1.2"), _SQUARE, _HIGH, _HIGH), "D", _NOW),
    Family("gpt-5\\.5", Patches(Fraction("1.2"), _GLANCE, _HIGH, _LARGE), "D", _NOW),
    Family("gpt-5\\.(?:[6-9]|\\d\\d)", Patches(Fraction("1.2"), _GLANCE, _HIGH, _WHOLE), "D", _NOW),
    Family(
        "gpt-(?:[6-9]|1\\d)(?:\\.\\d+)?",
        Patches(Fraction("1.2"), _GLANCE, _HIGH, _WHOLE),
        "I",
        "as gpt-5.6; of gpt-6-astra it is reported (S)",
    ),
)
"""The first that matches counts. gpt-6-luna, the named successor of gpt-4o, is in the last one."""

DEFAULT = Family("", Patches(Fraction("1.2"), _GLANCE, _HIGH, _HIGH), "I", "as gpt-5.4 and later")
"""For other names, and where the request names the model: what newer models look at in detail
`high`, so that none sees less than it could; and in `auto` no more than that."""

_NAMES = tuple(
    # Dated names, fine-tuned ones (`ft:`) and those of a provider (`openai/`) too.
    re.compile(rf"(?:.*/)?(?:\w+:)?(?:{family.names})(?:[-:@].*)?", re.IGNORECASE)
    for family in FAMILIES
)


def family_of(model: str | None) -> Family:
    """Return the family of a model by its name; `DEFAULT` for one that is not known."""
    for family, names in zip(FAMILIES, _NAMES, strict=True):
        if model is not None and names.fullmatch(model):
            return family
    return DEFAULT


def fitted(width: int, height: int, aim: Aim) -> Size:
    """Return the size in pixels to which a picture of this size is scaled. Never larger.

    With the resolution `model` it is what the model looks at; with `original` all of it, but for
    models that refuse a picture beyond some size.
    """
    looks = family_of(aim.model).looks
    if aim.resolution == "original":
        return looks.taken((width, height), aim.detail)
    return looks.fitted((width, height), aim.detail)


def tokens(width: int, height: int, model: str | None, detail: Detail) -> int:
    """Return how many tokens of input a picture of this size is to a model. An estimate."""
    return family_of(model).looks.tokens((width, height), detail)
