"""A picture is turned upright, by the orientation that its metadata tell of."""

from PIL import Image

_UNDONE_BY = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each orientation (EXIF 2.32, tag 274)."""


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return a picture as it was seen; as it is, for an orientation that there is not."""
    turn = _UNDONE_BY.get(orientation)
    return image if turn is None else image.transpose(turn)
