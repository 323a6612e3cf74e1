"""Record every request that passes, for `mitmdump -s`.

    mitmdump --mode reverse:http://127.0.0.1:8000 -s addons/record.py

Options of its own: `--set sightline_config=FILE` (default: config.yaml in the current folder) and
`--set sightline_out=FILE` (default: a new file in `capture.recordings`). What is recorded is what
the platform sent, Host included; what passes is not changed, and no piece of it is held back.
A request that is cut is recorded with what arrived, and an answer likewise.

When the recording cannot be written, the proxy says so and ends at once with exit status 1, before
anything more can pass unrecorded. What is not recorded: requests that are no HTTP at all, which
mitmproxy refuses itself, and the frames of a WebSocket after its handshake.
"""

import io
import logging
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from traceback import extract_tb
from typing import NoReturn

from mitmproxy import ctx, exceptions, http
from mitmproxy.addonmanager import Loader

from capture.flow import (
    Sent,
    arrived,
    exchange_of,
    give_length,
    is_reverse,
    keep_wire_out_of_log,
    sent_by_client,
    upstream_authority,
)
from capture.recorder import Recorder, new_path
from capture.show.console import print_exchange
from capture.tee import Tee
from contract import config
from contract.errors import RecordingError, SightlineError
from contract.exchange import Exchange


@dataclass(slots=True)
class Passing:
    """What is known of an exchange that is not over."""

    flow: http.HTTPFlow
    sent: Sent
    done: float = field(default_factory=time.monotonic)
    tee: Tee | None = None


class Record:
    """The addon."""

    def __init__(self) -> None:
        self._config = config.Config()
        self._recorder: Recorder | None = None
        self._passing: dict[str, Passing] = {}
        self._rewrite_host = True
        self._early: list[Exchange] = []  # what passed before the recording was open
        self._stopping = False
        # On a thread of its own, so that nobody's answer waits until another exchange is printed.
        self._screen = ThreadPoolExecutor(max_workers=1)

    def load(self, loader: Loader) -> None:
        """Add the options, and see each Host as the client sent it."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # not every terminal knows Unicode
        keep_wire_out_of_log()
        loader.add_option("sightline_config", str, "", "Sightline's configuration file.")
        loader.add_option("sightline_out", str, "", "The recording to write.")
        # mitmproxy would put the upstream's Host in before an addon sees the request.
        self._rewrite_host = not ctx.options.keep_host_header
        ctx.options.update(keep_host_header=True)
        # Eagerly, it would hang up before the request is read when the upstream is not there.
        ctx.options.update(connection_strategy="lazy")
        # What would be streamed past the recorder, or refused for its size, must be recorded.
        ctx.options.update(stream_large_bodies=None, body_size_limit=None)
        if "flow_detail" in ctx.options:
            ctx.options.update(flow_detail=0)  # this addon prints; once is enough

    def configure(self, updated: set[str]) -> None:
        """Read the configuration."""
        if "sightline_config" in updated:
            named = ctx.options.sightline_config
            try:
                self._config = config.load(Path(named) if named else None, os.environ)
            except SightlineError as error:
                if self._recorder is None:
                    _refuse(error)  # mitmproxy would print a traceback, and begin to listen
                raise exceptions.OptionsError(str(error)) from error

    def running(self) -> None:
        """Open the recording, now that the proxy listens."""
        capture = self._config.capture
        out = ctx.options.sightline_out
        path = Path(out) if out else new_path(capture.recordings, datetime.now().astimezone())
        injector = self._config.injector
        known = (injector.bearer, injector.upstream.api_key)
        by = f"sightline {version('sightline')}"
        try:
            self._recorder = Recorder(path, capture.redact, self._show, by=by, known=known)
        except RecordingError as error:
            _refuse(error)
        for host, port, *_ in ctx.master.addons.get("proxyserver").listen_addrs():
            print(f"recording http://{host}:{port} to {path}", flush=True)
        while self._early:
            self._keep(self._early.pop(0))

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Note what the client sent, and let the upstream have its own Host."""
        if self._stopping:
            flow.kill()
            return
        self._passing[flow.id] = Passing(flow, sent_by_client(flow.request))
        if self._rewrite_host and is_reverse(flow):
            flow.request.host_header = upstream_authority(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        """Begin to count the person's waiting."""
        if self._stopping:
            flow.kill()
        elif passing := self._passing.get(flow.id):
            give_length(flow.request)
            passing.done = time.monotonic()

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Let the answer pass as it comes, watched."""
        if (passing := self._passing.get(flow.id)) and flow.response:
            passing.tee = Tee(passing.done)
            flow.response.stream = passing.tee

    def response(self, flow: http.HTTPFlow) -> None:
        """Record an exchange that ended well."""
        self._record(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        """Record an exchange that was cut short."""
        self._record(flow, reason=flow.error.msg if flow.error else "cut short")

    def done(self) -> None:
        """Record what is still passing, and close."""
        if not self._stopping:
            for passing in list(self._passing.values()):
                self._record(passing.flow, reason="the recorder was stopped")
        self._screen.shutdown()
        if self._recorder:
            self._recorder.close()
            with suppress(OSError):  # whoever read the screen may be gone
                print(f"\n{self._recorder.count} exchanges in {self._recorder.path}", flush=True)
        if self._stopping:
            logging.disable()  # asyncio would print a traceback for each connection that ends here
            sys.exit(1)

    def _record(self, flow: http.HTTPFlow, *, reason: str | None = None) -> None:
        passing = self._passing.pop(flow.id, None)
        if passing is None:
            return
        body = None
        if flow.request.raw_content is None:
            body = arrived(flow, ctx.master.addons.get("proxyserver").connections.values())
        if passing.tee and flow.response and flow.response.raw_content is None:
            # mitmproxy's own flow files and pages lack what was streamed, if it is not given back.
            flow.response.raw_content = passing.tee.raw
        try:
            self._keep(
                exchange_of(flow, sent=passing.sent, body=body, tee=passing.tee, reason=reason)
            )
        except RecordingError as error:
            self._stop(error)
        except Exception as error:  # noqa: BLE001  mitmproxy would log it, and let traffic pass
            self._stop(RecordingError(f"cannot record an exchange: {_fault(error)}"))

    def _keep(self, exchange: Exchange) -> None:
        if self._recorder is None:
            self._early.append(exchange)
        else:
            self._recorder.record(exchange)

    def _show(self, number: int, exchange: Exchange) -> None:
        self._screen.submit(_print, number, exchange)

    def _stop(self, error: SightlineError) -> None:
        """Stop the proxy: traffic must not pass unrecorded, believed to be recorded.

        Whatever comes until it has ended is killed. `done` then gives the exit status: to exit from
        here, in the middle of a connection, would print a traceback.
        """
        if not self._stopping:
            self._stopping = True
            logging.getLogger(__name__).error("%s; the proxy stops", error)
            ctx.master.shutdown()


def _refuse(error: SightlineError) -> NoReturn:
    """End a proxy that has not begun."""
    logging.getLogger(__name__).error("%s", error)
    sys.exit(1)


def _print(number: int, exchange: Exchange) -> None:
    """Print an exchange; that nobody reads any more is no reason not to record."""
    with suppress(OSError):
        print_exchange(number, exchange)


def _fault(error: Exception) -> str:
    """Say what kind of error came from where: its own words may hold what must not be shown."""
    place = extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"


addons = [Record()]
