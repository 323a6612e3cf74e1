"""Whether a picture was drawn by a machine or taken by a camera: text and edges, or light.

Not by a count of colours: a screenshot with smooth letters has thousands, a photograph of fog few.
What tells them apart is how neighbours differ. On a screen most pixels equal the one beside them
exactly, and where they do not the step is steep, the edge of a letter or a line. A camera's pixels
hardly ever are equal (where they are, in a burnt sky, what lies between is soft), since light and
lenses leave no steps.
"""

from PIL import Image, ImageChops

_ENOUGH = 1_000_000
"""Pixels that are looked at: rows at equal distances, each of them whole."""

_STEEP = 24
"""The least difference of two neighbours at an edge, in the channel that differs most."""

_EQUAL_PART, _STEEP_PART = 0.5, 0.2
"""The least part of pairs that are equal, and the least part of the others that are steep."""


def rows_of(image: Image.Image) -> Image.Image:
    """Return whole rows of a picture, enough to tell what it is, of the pixels as they are."""
    rows = max(1, min(image.height, _ENOUGH // image.width))
    return (
        image
        if rows == image.height
        else image.resize((image.width, rows), Image.Resampling.NEAREST)
    )


def is_drawn(rows: Image.Image) -> bool:
    """Tell whether rows of a picture, in RGB, are of a screenshot, a drawing or a text."""
    equal, steep = parts(rows)
    return equal == 1 or (equal >= _EQUAL_PART and steep >= _STEEP_PART)


def parts(rows: Image.Image) -> tuple[float, float]:
    """Return which part of neighbours is equal, and which part of the others differs steeply."""
    width, height = rows.size
    if width == 1:
        return 1, 0
    left, right = rows.crop((0, 0, width - 1, height)), rows.crop((1, 0, width, height))
    red, green, blue = ImageChops.difference(left, right).split()
    steps = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    pairs, equal = sum(steps), steps[0]
    return equal / pairs, sum(steps[_STEEP:]) / max(1, pairs - equal)
