"""A picture's colours become sRGB, which is what models take a picture without a profile for.

By its ICC profile where it has one (a phone's Display P3, Adobe RGB, a printer's CMYK), through
LittleCMS. A profile that is broken, or of another kind of pixel, is ignored: the picture is worth
more than its exact hue. Transparency is put on white.
"""

import io

from PIL import Image, ImageCms

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_MOST = 4 << 20
"""The most bytes of a profile that is looked at; a printer's has up to 3 MB."""

_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab"}


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a picture of a plain mode in RGB, and nothing else of it: no profile, no metadata.

    Args:
        image: in RGB, RGBA, L, CMYK or LAB.
        profile: its ICC profile, if it has one.
    """
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    solid = image.convert("RGB") if alpha is not None else image
    seen = _by_profile(solid, profile)
    if seen is None:
        seen = _lab(solid) if solid.mode == "LAB" else solid.convert("RGB")
    shown = Image.new("RGB", seen.size, "white")
    shown.paste(seen, mask=alpha)
    return shown


def _by_profile(image: Image.Image, profile: bytes | None) -> Image.Image | None:
    if not profile or len(profile) > _MOST:
        return None
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if own.profile.xcolor_space.strip() != _SPACES[image.mode] or _is_srgb(own):
            return None
        return ImageCms.profileToProfile(image, own, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
        return None


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    """Tell whether a profile is sRGB itself, whose use would cost levels for nothing."""
    return "sRGB" in (profile.profile.profile_description or "")


def _lab(image: Image.Image) -> Image.Image:
    lab = ImageCms.createProfile("LAB")
    seen = ImageCms.profileToProfile(image, lab, _SRGB, outputMode="RGB")
    return image.convert("L").convert("RGB") if seen is None else seen
