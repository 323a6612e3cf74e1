"""Record every request that passes, for `mitmdump -s`.

    mitmdump --mode reverse:http://127.0.0.1:8000 -s addons/record.py

Options of its own: `--set sightline_config=FILE` (default: config.yaml in the current folder) and
`--set sightline_out=FILE` (default: a new file in `capture.recordings`). What is recorded is what
the platform sent, Host included; what passes is not changed, and no piece of it is held back.
"""

import io
import logging
import os
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from mitmproxy import ctx, exceptions, http
from mitmproxy.addonmanager import Loader

from capture.console import print_exchange
from capture.flow import exchange_of, is_reverse, upstream_authority
from capture.recorder import Recorder, new_path
from capture.tee import Tee
from contract import config
from contract.errors import RecordingError, SightlineError


@dataclass(slots=True)
class Passing:
    """What is known of an exchange that is not over."""

    flow: http.HTTPFlow
    host: str | None
    done: float = field(default_factory=time.monotonic)
    tee: Tee | None = None


class Record:
    """The addon."""

    def __init__(self) -> None:
        self._config = config.Config()
        self._recorder: Recorder | None = None
        self._passing: dict[str, Passing] = {}
        self._rewrite_host = True

    def load(self, loader: Loader) -> None:
        """Add the options, and see each Host as the client sent it."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # not every terminal knows Unicode
        loader.add_option("sightline_config", str, "", "Sightline's configuration file.")
        loader.add_option("sightline_out", str, "", "The recording to write.")
        # mitmproxy would put the upstream's Host in before an addon sees the request.
        self._rewrite_host = not ctx.options.keep_host_header
        ctx.options.update(keep_host_header=True)
        # Eagerly, it would hang up before the request is read when the upstream is not there.
        ctx.options.update(connection_strategy="lazy")
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
                    _stop(error)  # mitmproxy would print a traceback, and begin to listen
                raise exceptions.OptionsError(str(error)) from error

    def running(self) -> None:
        """Open the recording, now that the proxy listens."""
        capture = self._config.capture
        out = ctx.options.sightline_out
        path = Path(out) if out else new_path(capture.recordings, datetime.now().astimezone())
        by = f"sightline {version('sightline')}"
        try:
            self._recorder = Recorder(path, capture.redact, print_exchange, by=by)
        except RecordingError as error:
            _stop(error)
        for host, port, *_ in ctx.master.addons.get("proxyserver").listen_addrs():
            print(f"recording http://{host}:{port} to {path}", flush=True)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Note the Host that the client named, and let the upstream have its own."""
        self._passing[flow.id] = Passing(flow, flow.request.host_header)
        if self._rewrite_host and is_reverse(flow):
            flow.request.host_header = upstream_authority(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        """Begin to count the person's waiting."""
        if passing := self._passing.get(flow.id):
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
        for passing in list(self._passing.values()):
            self._record(passing.flow, reason="the recorder was stopped")
        if self._recorder:
            self._recorder.close()
            print(f"\n{self._recorder.count} exchanges in {self._recorder.path}", flush=True)

    def _record(self, flow: http.HTTPFlow, *, reason: str | None = None) -> None:
        passing = self._passing.pop(flow.id, None)
        if passing is None or self._recorder is None:
            return
        try:
            self._recorder.record(
                exchange_of(flow, host=passing.host, tee=passing.tee, reason=reason)
            )
        except RecordingError as error:
            _stop(error)


def _stop(error: SightlineError) -> NoReturn:
    """Stop the proxy: traffic must not pass unrecorded by somebody who believes it is recorded."""
    logging.getLogger(__name__).error("%s", error)
    sys.exit(1)


addons = [Record()]
