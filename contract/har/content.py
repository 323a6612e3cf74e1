"""What `postData` and `content` of a HAR entry stand for: bytes.

`text` is text, or base64 where a field beside it says so; some tools put the compressed bytes there
although the format asks for what they mean, some put the JSON value there instead of its text.
"""

import base64
import re
from typing import Any
from urllib.parse import urlencode

from contract import coding, jsontext
from contract.exchange import Headers, first_header
from contract.har.export import CREATOR
from contract.har.odd import Odd, named

_UTF_8_TYPES = ("json", "charset")  # what mitmproxy does not take for Latin-1
_SPACE = re.compile(r"\s+")


def posted(value: Any, headers: Headers, creator: str) -> bytes:
    """Return the body that `postData` stands for.

    Raises:
        Odd: it stands for none.
    """
    if isinstance(value, str):
        return _encoded(value)
    return content(value, headers, creator) or _form(value)


def content(value: Any, headers: Headers, creator: str) -> bytes:
    """Return the body that `content` stands for, without its content coding.

    Raises:
        Odd: it stands for none.
    """
    if not isinstance(value, dict):
        raise Odd("a body is no object")
    text = value.get("text")
    if text is None:
        return b""
    if isinstance(text, dict | list):
        text = _json(text)
    if not isinstance(text, str):
        raise Odd("a body is no text")
    if "base64" in (value.get("encoding"), value.get("_encoding")):
        body = _from_base64(text)
        codings = first_header(headers, "content-encoding")
        return (codings and creator != CREATOR and coding.plain(body, codings)) or body
    if creator == "mitmproxy" and not _is_utf_8(str(value.get("mimeType"))):
        text = _as_utf_8(text)
    return _encoded(text)


def _json(value: Any) -> str:
    try:
        return jsontext.encode(value)
    except (ValueError, RecursionError):
        raise Odd("a body is no JSON") from None


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _from_base64(text: str) -> bytes:
    """Return the bytes; text that is no base64, whatever stands beside it, is text."""
    bare = _SPACE.sub("", text).rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError:
        return _encoded(text)


def _is_utf_8(kind: str) -> bool:
    return any(word in kind for word in _UTF_8_TYPES)


def _as_utf_8(text: str) -> str:
    """Return what UTF-8 that was decoded as Latin-1 says; other text as it is."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _form(value: dict[str, Any]) -> bytes:
    if "multipart" in str(value.get("mimeType")):
        return b""
    return urlencode(named(value.get("params"), "params"), errors="replace").encode()
