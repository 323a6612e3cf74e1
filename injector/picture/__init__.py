"""Bytes that somebody sent become a picture that the model can see. Pure: bytes in, values out.

preparation    the way through this room
  sniff          what bytes are, by the bytes alone
    instead        what people send in the place of a picture, and what to do about each
    polyglot       files that are a picture and something else
  source         a picture's file before it is decoded: limits held, metadata set aside
    jpeg png tiff  its parts, read without decoding
  decode         a file becomes pixels, no more of them than are needed, or an error
  plain          every kind of pixel becomes one of a few
  colours        colours become sRGB, and what is transparent white
  upright        the orientation
  content        drawn by a machine, or taken by a camera
  encode         pixels become a file for the model, JPEG or PNG
families       what each family of models looks at, and what a picture costs there; without Pillow
  looks          the arithmetic of that: tiles and patches
aim            how a picture is prepared: for which model, and how much of it

The one door of the endpoint to Pillow and pillow-heif: `decode`, `plain`, `colours`, `upright`,
`content`, `encode` and `preparation`. They are loaded when the first picture is prepared, or by
`import injector.picture.preparation`, so that a process that prepares none need not.
"""

from injector.picture.aim import Aim
from injector.picture.families import fitted, tokens
from injector.shared import Prepared

__all__ = ["Aim", "fitted", "prepare", "tokens"]


def prepare(data: bytes, aim: Aim) -> Prepared:
    """Return the picture that `data` holds, ready for the model, and what was received.

    Raises:
        NotAPicture: the bytes are something else, or end too early, or are broken.
        TooLarge: the picture has too many pixels, or asks for more work or memory than is allowed.
    """
    from injector.picture.preparation import prepare as prepared

    return prepared(data, aim)
