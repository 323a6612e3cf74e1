"""The one door to mitmproxy: its flows become exchanges."""

from datetime import UTC, datetime
from pathlib import Path

from mitmproxy import http
from mitmproxy.io import FlowReader
from mitmproxy.proxy.mode_specs import ReverseMode

from capture.tee import Tee
from contract.errors import RecordingError
from contract.exchange import Exchange, Headers, Request, Response


def exchange_of(
    flow: http.HTTPFlow,
    *,
    host: str | None = None,
    tee: Tee | None = None,
    reason: str | None = None,
) -> Exchange:
    """Return the exchange that a flow holds.

    Args:
        flow: the flow.
        host: the Host that the client named, where the flow no longer says it.
        tee: what watched the answer pass; without it the flow's own copy of the answer is taken,
            as one piece.
        reason: how the exchange was cut short; None where it was not.
    """
    ended = flow.response.timestamp_end if flow.response else None
    done = flow.request.timestamp_end
    return Exchange(
        id=flow.id,
        started=datetime.fromtimestamp(flow.request.timestamp_start, UTC),
        request=_request(flow.request, host),
        response=_response(flow, tee) if flow.response else None,
        complete=reason is None,
        reason=reason,
        duration=round((ended - done) * 1000, 3) if ended and done else None,
    )


def _request(request: http.Request, host: str | None) -> Request:
    headers = _headers(request.headers)
    if host is not None:
        headers = tuple((name, host if name.lower() == "host" else it) for name, it in headers)
    authority = host or request.host_header or f"{request.host}:{request.port}"
    path = request.path if request.path.startswith("/") else f"/{request.path}"
    return Request(
        method=request.method,
        url=f"{request.scheme}://{authority}{path}",
        headers=headers,
        body=request.get_content(strict=False) or b"",
        http_version=request.http_version,
    )


def _response(flow: http.HTTPFlow, tee: Tee | None) -> Response | None:
    response = flow.response
    if response is None:
        return None
    headers = _headers(response.headers)
    if tee is not None:
        body, arrivals = tee.decoded(response.headers.get("content-encoding", ""))
        return Response(response.status_code, headers, body, arrivals)
    body = response.get_content(strict=False) or b""
    done, first = flow.request.timestamp_end, response.timestamp_start
    at = round((first - done) * 1000, 3) if first and done else 0.0
    return Response(response.status_code, headers, body, ((at, len(body)),) if body else ())


def _headers(headers: http.Headers) -> Headers:
    return tuple(
        (name.decode("utf-8", "replace"), value.decode("utf-8", "replace"))
        for name, value in headers.fields
    )


def is_reverse(flow: http.HTTPFlow) -> bool:
    """Tell whether the flow came in through a reverse proxy."""
    return isinstance(flow.client_conn.proxy_mode, ReverseMode)


def upstream_authority(flow: http.HTTPFlow) -> str:
    """Return the Host that the upstream of a reverse proxy knows itself by."""
    host, port = flow.request.host, flow.request.port
    bracketed = f"[{host}]" if ":" in host else host
    usual = port == {"http": 80, "https": 443}.get(flow.request.scheme)
    return bracketed if usual else f"{bracketed}:{port}"


def read_flows(path: Path) -> list[Exchange]:
    """Read the HTTP exchanges of a file that mitmproxy wrote.

    Raises:
        RecordingError: the file cannot be read as one.
    """
    try:
        with path.open("rb") as file:
            flows = list(FlowReader(file).stream())
    except Exception as error:  # mitmproxy trusts whatever it unpacks, and trips over it
        raise RecordingError(f"{path} cannot be read as a mitmproxy flow file: {error}") from error
    return [
        exchange_of(flow, reason=flow.error.msg if flow.error else None)
        for flow in flows
        if isinstance(flow, http.HTTPFlow)
    ]
