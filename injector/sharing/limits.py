"""How many bytes a body may have, by its form and by what it says of itself. Reads none of them."""

from typing import Literal, TypeAlias

from aiohttp import hdrs, web

from contract.errors import BadRequest, TooLarge

Form: TypeAlias = Literal["form", "json", "picture"]
"""What a body is made of: `multipart/form-data`, JSON, or the picture's bytes as they are."""

SMALL = 1 << 16
"""The most bytes of a body without a picture, and of what a form holds beside one."""

_MEMBERS = 1 << 10  # bytes of a JSON object beside the picture's base64
_AS_THEY_ARE = {"", "identity"}


def form_of(request: web.Request) -> Form:
    """Return what a body is made of; any other type than these two is a picture, whatever it says.

    That is not the type of the picture: only its bytes tell that.
    """
    if request.content_type == "multipart/form-data":
        return "form"
    return "json" if request.content_type == "application/json" else "picture"


def most_bytes(form: Form, limit: int) -> int:
    """Return the most bytes of a body whose picture has at most `limit` bytes."""
    if form == "json":
        return limit * 4 // 3 + _MEMBERS  # base64 makes four bytes of three
    return limit + SMALL if form == "form" else limit


def largest(limit: int) -> int:
    """Return the most bytes of a body in whichever form."""
    return max(most_bytes(form, limit) for form in ("form", "json", "picture"))


def announced(request: web.Request, limit: int) -> int:
    """Return how many bytes a body has at most, before the first of them is read.

    Args:
        request: whose body is still to come.
        limit: the most bytes of a picture (`injector.images.max_upload`).

    Raises:
        BadRequest: the body is compressed.
        TooLarge: it says that it has more bytes than it may have.
    """
    _refuse_compressed(request)
    most = most_bytes(form_of(request), limit)
    length = request.content_length
    if length is None:
        return most
    if length > most:
        raise picture_too_large(limit)
    return length


def is_compressed(request: web.Request) -> bool:
    """Tell whether a body must be decompressed to be read."""
    coding = request.headers.get(hdrs.CONTENT_ENCODING, "")
    return coding.strip().lower() not in _AS_THEY_ARE


def _refuse_compressed(request: web.Request) -> None:
    if is_compressed(request):
        coding = request.headers[hdrs.CONTENT_ENCODING][:40]
        raise BadRequest(
            f"the body has the Content-Encoding {coding!r}: a picture is compressed already, and "
            "a few bytes could become very many; send the picture's bytes as they are",
            param="image",
        )


def picture_too_large(limit: int) -> TooLarge:
    """Return the error for more bytes than a picture may have."""
    return TooLarge(
        f"the picture is larger than {limit:,} bytes: send it smaller, or raise "
        "injector.images.max_upload",
        param="image",
    )
