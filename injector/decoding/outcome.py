"""What became of a picture, as it crosses from the child that decoded it. Pure.

Nothing is unpickled: a child whose decoder was taken over by a picture can say only numbers,
sentences and a content part, and the part is looked at before it may stand in a turn.
"""

from binascii import a2b_base64
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from contract.errors import BadRequest, NotAPicture, RequestError, TooLarge
from injector.decoding.frames import Broken
from injector.shared import Picture, Prepared, Received

_ERRORS: dict[str, type[RequestError]] = {
    error.code: error for error in (BadRequest, NotAPicture, TooLarge)
}
_PIECE = 1 << 18  # bytes of base64 that are looked at before others have their turn
_LONGEST = 2000  # characters of an error's sentence, which may repeat what a decoder says


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture that is ready, and whether a JSON body asked for it to be described, or None."""

    prepared: Prepared
    describe: bool | None = None


def told(decoded: Decoded) -> tuple[dict[str, Any], bytes]:
    """Return the note and the bytes that tell of a picture that is ready."""
    picture = asdict(decoded.prepared.picture)
    part = picture.pop("part")
    received = asdict(decoded.prepared.received)
    return {"picture": picture, "received": received, "describe": decoded.describe}, part


def told_error(error: RequestError, fault: str = "") -> dict[str, Any]:
    """Return the note that tells why there is none. `fault` is for our own log."""
    code = error.code if type(error) in _ERRORS.values() else NotAPicture.code
    return {"error": code, "says": str(error)[:_LONGEST], "param": error.param, "fault": fault}


def heard(note: dict[str, Any], body: bytes) -> Decoded | RequestError:
    """Return what a message tells.

    Raises:
        Broken: it tells neither a picture nor an error.
    """
    try:
        if "error" in note:
            return _ERRORS[note["error"]](str(note["says"]), param=note["param"])
        picture = Picture(**note["picture"], part=_checked(body))
        prepared = Prepared(picture, Received(**note["received"]))
        return Decoded(prepared, note["describe"])
    except (KeyError, TypeError) as error:
        raise Broken(f"a message tells nothing that is known: {error!r}") from None


def prove(picture: Picture) -> Iterator[None]:
    """Hold a picture's digest against its bytes, a piece of them at a time.

    It is known by its digest from here on: under that of another's, it would be shown to them.

    Raises:
        Broken: it is not the digest of these bytes, or they are no base64.
    """
    data = memoryview(picture.part)[picture.part.index(b",") + 1 : -1]
    digest = sha256()
    for at in range(0, len(data), _PIECE):
        try:
            digest.update(a2b_base64(data[at : at + _PIECE]))
        except ValueError:
            raise Broken("a message's picture is no base64") from None
        yield
    if digest.hexdigest() != picture.digest:
        raise Broken("a message's picture has the digest of another")


def _checked(part: bytes) -> bytes:
    """Return a content part that is one JSON text and stays one, wherever it is put."""
    is_uri = part.startswith(b'"data:image/') and b"," in part and part.endswith(b'"')
    if not is_uri or part.count(b'"') != len('""') or b"\\" in part:
        raise Broken("a message's bytes are no picture's data URI")
    return part
