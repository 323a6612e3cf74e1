"""The pictures of a page: each is made small once, is in the page once, and is shown where it was.

A history brings the same picture with every turn, so what is shown refers to the one copy.
"""

import base64
import hashlib

from markupsafe import Markup

from capture.report.text import seen
from capture.report.thumbnails import Thumbnail, thumbnail

MOST = 200
"""The most pictures of one page."""

_SHOWN = Markup(
    '<span class="picture"><svg role="img" aria-label="picture {n}" width="{w}" height="{h}">'
    '<use href="#p{n}"/></svg><span class="note">picture {n}: {what}</span></span>'
)
_ONLY_SAID = Markup('<span class="picture none"><span class="note">{}</span></span>')
_KEPT = Markup('<image id="p{n}" width="{w}" height="{h}" href="data:image/jpeg;base64,{data}"/>')


class Pictures:
    """Show pictures, and keep of each the one copy that the page holds."""

    def __init__(self) -> None:
        self._seen: dict[bytes, Markup] = {}
        self._kept: list[Markup] = []

    def show(self, data: bytes, declared: str) -> Markup:
        """Return what stands for a picture: itself made small, or a note that says why not.

        `declared` is the media type that its sender named; it is only said.
        """
        key = hashlib.sha256(data).digest()
        if key not in self._seen:
            self._seen[key] = self._made(data, declared)
        return self._seen[key]

    @property
    def copies(self) -> Markup:
        """The pictures themselves, to which all that is shown refers."""
        return Markup("\n").join(self._kept)

    def _made(self, data: bytes, declared: str) -> Markup:
        said = f"{declared or 'picture'}, {len(data):,} bytes"
        if len(self._kept) >= MOST:
            return _ONLY_SAID.format(seen(f"{said}: not shown, the page has {MOST} already"))
        made = thumbnail(data)
        if isinstance(made, str):
            return _ONLY_SAID.format(seen(f"{said}: {made}"))
        return self._keep(made, said)

    def _keep(self, made: Thumbnail, said: str) -> Markup:
        number = len(self._kept) + 1
        encoded = base64.b64encode(made.jpeg).decode()
        self._kept.append(_KEPT.format(n=number, w=made.width, h=made.height, data=encoded))
        width, height = made.whole
        what = seen(f"{width} x {height} {made.format}, declared {said}")
        return _SHOWN.format(n=number, w=made.width, h=made.height, what=what)
