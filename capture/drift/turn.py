"""A turn as one value, in which everything that is compared has a name.

Left out is what no platform decides: the address that it was told to call, the spelling and the
order of headers (names are the same in any case, RFC 9110, section 5.1), and every secret.
"""

import re
from typing import Any

from capture.drift import messages, tools
from capture.drift.answers import answer
from capture.drift.forms import is_id_like
from capture.drift.outline import ANY_KEY, HIDDEN
from contract.exchange import Exchange, Headers, Request
from contract.redact import Rules
from contract.secretname import is_secret

_SECRET_HEADERS = frozenset(Rules().headers)
_SCHEME = re.compile(r"[A-Za-z]+(?= )")
_VERSION = re.compile(r"(?:http/|h)(1\.[01]|[23])(?:\.0)?")


def turn(exchange: Exchange) -> dict[str, Any]:
    """Return a turn as one value."""
    request = exchange.request
    body = request.json()
    found: dict[str, Any] = {
        "request": {"path": _path(request)} | _version(request.http_version),
        "query": dict(request.parameters),
        "headers": _headers(request.headers),
        "body": _body(body),
        **answer(exchange),
    }
    said = messages.history(body)
    if said is not None:
        found["messages"] = messages.by_kind(said)
        found["order"] = {
            "opening": messages.opening(said),
            "roles": dict.fromkeys(messages.unfamiliar(said), True),
        }
        if not said:  # `messages: []` says nothing of how messages look
            del found["order"]["opening"]
    if isinstance(body, dict) and isinstance(body.get("tools"), list):
        found["tools"] = tools.by_name(body["tools"])
    return found


def _path(request: Request) -> str:
    return "/" + "/".join(ANY_KEY if is_id_like(it) else it for it in request.segments)


def _version(text: str) -> dict[str, str]:
    """Return an HTTP version in one spelling, if it is one; HAR files have several."""
    found = _VERSION.fullmatch(text.strip().lower())
    return {"version": f"HTTP/{found.group(1)}"} if found else {}


def _headers(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        if not name.startswith(":"):  # what HTTP/2 says instead of a request line, in HAR files
            found.setdefault(name.lower(), _header(name.lower(), value))
    return found


def _header(name: str, value: str) -> str:
    if name in _SECRET_HEADERS or is_secret(name):
        scheme = _SCHEME.match(value)
        return f"{scheme.group()} {HIDDEN}" if scheme else HIDDEN
    return value


def _body(body: Any) -> Any:
    """Return a body without what is compared elsewhere."""
    if not isinstance(body, dict):
        return body
    elsewhere: dict[str, Any] = {
        key: [] for key in ("messages", "input", "tools") if isinstance(body.get(key), list)
    }
    return body | elsewhere
