"""The one door to mitmproxy: its flows become exchanges."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mitmproxy import http
from mitmproxy.io import FlowReader
from mitmproxy.proxy.layers.http import HttpLayer
from mitmproxy.proxy.mode_specs import ReverseMode
from mitmproxy.proxy.server import ConnectionHandler

from capture.tee import Tee
from contract import coding
from contract.errors import RecordingError
from contract.exchange import Exchange, Headers, Request, Response

_NOT_KEPT = "mitmproxy kept no body of the {}, as it was streamed"


@dataclass(frozen=True, slots=True)
class Sent:
    """The head of a request as the client sent it, before the proxy changes any of it."""

    headers: Headers
    authority: str | None


def sent_by_client(request: http.Request) -> Sent:
    """Return the head of a request that nobody has changed yet."""
    return Sent(_headers(request.headers), request.host_header)


def exchange_of(
    flow: http.HTTPFlow,
    *,
    sent: Sent | None = None,
    body: bytes | None = None,
    tee: Tee | None = None,
    reason: str | None = None,
) -> Exchange:
    """Return the exchange that a flow holds.

    Args:
        flow: the flow.
        sent: what the client sent, where the flow no longer says it.
        body: as much of the request's body as arrived, where the flow does not have it.
        tee: what watched the answer pass; without it the flow's own copy of the answer is taken,
            as one piece.
        reason: how the exchange was cut short; None where it was not.
    """
    ended = flow.response.timestamp_end if flow.response else None
    done = flow.request.timestamp_end
    coded = flow.request.raw_content if body is None else body
    if reason is None:
        reason = _not_kept(coded, flow.response, tee)
    return Exchange(
        id=flow.id,
        started=datetime.fromtimestamp(flow.request.timestamp_start, UTC),
        request=_request(flow.request, sent or sent_by_client(flow.request), coded or b""),
        response=_response(flow, flow.response, tee) if flow.response else None,
        complete=reason is None,
        reason=reason,
        duration=round((ended - done) * 1000, 3) if ended and done else None,
    )


def _not_kept(coded: bytes | None, response: http.Response | None, tee: Tee | None) -> str | None:
    """Say which body a flow lacks: one that another addon lets pass unseen leaves no copy."""
    if coded is None:
        return _NOT_KEPT.format("request")
    if response and tee is None and response.raw_content is None:
        return _NOT_KEPT.format("answer")
    return None


def _request(request: http.Request, sent: Sent, coded: bytes) -> Request:
    # One that mitmproxy refuses has no destination yet.
    authority = sent.authority or (f"{request.host}:{request.port}" if request.host else "")
    path = request.path if request.path.startswith("/") else f"/{request.path}"
    return Request(
        method=request.method,
        url=f"{request.scheme or 'http'}://{authority}{path}" if authority else path,
        headers=sent.headers,
        body=coding.plain(coded, request.headers.get("content-encoding", "")),
        http_version=request.http_version,
    )


def _response(flow: http.HTTPFlow, response: http.Response, tee: Tee | None) -> Response:
    headers, codings = _headers(response.headers), response.headers.get("content-encoding", "")
    if tee is not None:
        return Response(response.status_code, headers, *tee.decoded(codings))
    body = coding.plain(response.raw_content or b"", codings)
    done, first = flow.request.timestamp_end, response.timestamp_start
    at = round((first - done) * 1000, 3) if first and done else 0.0
    return Response(response.status_code, headers, body, ((at, len(body)),) if body else ())


def _headers(headers: http.Headers) -> Headers:
    return tuple(
        (name.decode("utf-8", "replace"), value.decode("utf-8", "replace"))
        for name, value in headers.fields
    )


def arrived(flow: http.HTTPFlow, handlers: Iterable[ConnectionHandler]) -> bytes | None:
    """Return what came of a request's body before it broke off, or None where nothing is known.

    A flow gets its body when it is whole. Until then mitmproxy keeps it beside the flow, in the
    layer that reads the request, which is found here through the connections that are open.
    """
    stacks = [it.layer.context.layers for it in handlers if it.client is flow.client_conn]
    layers = [layer for stack in stacks for layer in stack if isinstance(layer, HttpLayer)]
    streams = [stream for layer in layers for stream in layer.streams.values()]
    bodies = [it.request_body_buf for it in streams if getattr(it, "flow", None) is flow]
    return bytes(bodies[0]) if bodies else None


_QUOTED = re.compile(r"""\bb(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")


def keep_wire_out_of_log() -> None:
    """Take what came over the wire out of mitmproxy's messages: it quotes what is no HTTP."""
    logging.getLogger("mitmproxy.proxy.server").addFilter(_unquoted)


def _unquoted(record: logging.LogRecord) -> bool:
    record.msg, record.args = _QUOTED.sub("(not shown)", record.getMessage()), ()
    return True


def is_reverse(flow: http.HTTPFlow) -> bool:
    """Tell whether the flow came in through a reverse proxy."""
    return isinstance(flow.client_conn.proxy_mode, ReverseMode)


def give_length(request: http.Request) -> None:
    """Say how long a request's body is, where nothing says it.

    HTTP/2 needs no length. mitmproxy relays such a request over HTTP/1 as it is, and a server that
    finds no length reads no body (RFC 9112, section 6.3).
    """
    if request.raw_content and not {"content-length", "transfer-encoding"} & {
        name.lower() for name in request.headers
    }:
        request.headers["content-length"] = str(len(request.raw_content))


def upstream_authority(flow: http.HTTPFlow) -> str:
    """Return the Host that the upstream of a reverse proxy knows itself by."""
    host, port = flow.request.host, flow.request.port
    bracketed = f"[{host}]" if ":" in host else host
    usual = port == {"http": 80, "https": 443}.get(flow.request.scheme)
    return bracketed if usual else f"{bracketed}:{port}"


def read_flows(path: Path) -> tuple[list[Exchange], str | None]:
    """Read the HTTP exchanges of a file that mitmproxy wrote.

    Returns:
        The exchanges, and why the file ends in something that cannot be read; None where it does
        not. A file that was being written when its writer died ends so.

    Raises:
        RecordingError: nothing in the file can be read as a flow.
    """
    exchanges: list[Exchange] = []
    try:
        with path.open("rb") as file:
            for flow in FlowReader(file).stream():
                if isinstance(flow, http.HTTPFlow):
                    reason = flow.error.msg if flow.error else None
                    exchanges.append(exchange_of(flow, reason=reason))
    except Exception as error:  # mitmproxy trusts whatever it unpacks, and trips over it
        if not exchanges:
            raise RecordingError(
                f"{path} cannot be read as a mitmproxy flow file: {error}"
            ) from error
        return exchanges, f"{path}: what follows flow {len(exchanges)} is torn and was skipped"
    return exchanges, None
