"""The request's head as it goes to the model's side. Pure."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

PASSED_ON = (
    "Accept",
    "Idempotency-Key",
    "OpenAI-Beta",
    "OpenAI-Organization",
    "OpenAI-Project",
)
"""The request headers that reach the model's side; the rest is between the platform and us."""


class Heads:
    """Makes the heads of requests to one base URL.

    Args:
        base_url: as configured, without a slash at its end.
        api_key: the key for the model's side; empty for none.
        pass_authorization: whether the client's own key is passed on where none is configured.
    """

    def __init__(self, base_url: str, api_key: str, *, pass_authorization: bool) -> None:
        parts = urlsplit(base_url)
        self._path = parts.path.rstrip("/").encode()
        fixed = b" HTTP/1.1\r\nHost: " + _host(parts) + b"\r\n"
        if api_key:
            fixed += b"Authorization: Bearer " + api_key.encode() + b"\r\n"
        self._fixed = fixed
        self._pass_authorization = pass_authorization and not api_key

    def head(
        self,
        method: str,
        route: str,
        headers: Mapping[str, str],
        *,
        size: int | None,
        is_streamed: bool,
    ) -> bytes:
        """Return a head, the empty line at its end included.

        Args:
            method: GET or POST.
            route: what follows the base URL's path, already quoted.
            headers: what the client sent, by names in any case.
            size: the body's bytes; None for no body.
            is_streamed: whether an event stream is asked for. Its opening is read here, and to
                compress it would only hold it back, so then no content coding is accepted.
        """
        lines = [method.encode() + b" " + self._path + route.encode() + self._fixed]
        lines += [_line(name, headers[name]) for name in PASSED_ON if name in headers]
        if size is not None:
            lines.append(_line("Content-Type", _json_type(headers.get("Content-Type", ""))))
        coding = "identity" if is_streamed else headers.get("Accept-Encoding", "identity")
        lines.append(_line("Accept-Encoding", coding))
        if self._pass_authorization and "Authorization" in headers:
            lines.append(_line("Authorization", headers["Authorization"]))
        if size is not None:
            lines.append(b"Content-Length: %d\r\n" % size)
        return b"".join([*lines, b"\r\n"])


def _json_type(given: str) -> str:
    """Return the media type of the body, which is JSON whatever a client has called it."""
    return given if "json" in given.lower() else "application/json"


def _host(parts: SplitResult) -> bytes:
    """Return host and port; a name in other letters as DNS knows it (RFC 5891)."""
    if parts.netloc.isascii():
        return parts.netloc.encode()
    port = f":{parts.port}" if parts.port else ""
    return (parts.hostname or "").encode("idna") + port.encode()


def _line(name: str, value: str) -> bytes:
    # aiohttp has refused line ends, and has kept bytes that are no UTF-8 as surrogates.
    return f"{name}: {value}\r\n".encode("utf-8", "surrogateescape")
