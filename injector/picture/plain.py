"""Every kind of pixel becomes one of a few, and no more of them than are needed.

What is left are RGB, RGBA, L, CMYK and LAB, of 8 bits each. A large picture is taken in bands, so
that beside it there is never a second one of its size.
"""

from PIL import Image

from injector.picture.looks import Size

_BAND = 2_000_000  # pixels
_KEPT = frozenset({"RGB", "L", "CMYK", "LAB"})


def plain(image: Image.Image, wanted: Size) -> Image.Image:
    """Return a picture in a plain mode, averaged down to no less than twice the wanted size."""
    by = max(1, min(image.width // (2 * wanted[0]), image.height // (2 * wanted[1])))
    levels = _levels(image)
    if by == 1:
        return _eight_bits(image, levels)
    whole: Image.Image | None = None
    size = (-(-image.width // by), -(-image.height // by))
    rows = max(1, _BAND // image.width // by) * by
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        band = _eight_bits(band, levels).reduce(by)
        if whole is None:
            whole = Image.new(band.mode, size)
        whole.paste(band, (0, top // by))
    return _eight_bits(image, levels) if whole is None else whole


def _levels(image: Image.Image) -> float:
    """Return what the pixels' levels are divided by to be 8 bits, for modes that have more."""
    if image.mode.startswith("I;16"):
        return 256
    if image.mode not in {"I", "F"}:
        return 1
    _, most = image.getextrema()
    if not isinstance(most, int | float):
        return 1
    if most <= 1 and image.mode == "F":  # a float from 0 to 1
        return 1 / 255
    return max(1.0, most / 255) if most <= 255 or image.mode == "F" else max(256.0, most / 255)  # noqa: PLR2004


def _eight_bits(image: Image.Image, levels: float) -> Image.Image:
    if levels != 1 or image.mode in {"I", "F"}:
        whole = image.convert("F") if image.mode == "F" else image.convert("I")
        return whole.point(lambda level: level * (1 / levels) + 0).convert("L")
    if image.mode in {"RGBa", "La"}:
        image = image.convert("RGBA" if image.mode == "RGBa" else "LA")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in _KEPT else image.convert("RGB")
