"""`sightline capture`: the recording reverse proxy. It becomes mitmdump, with the addon."""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cli.options import ConfigFile, address, configuration, listen_option, web_address
from contract.config import Address
from contract.errors import UsageError

_HERE = Path(__file__).parent.parent
_ADDON = (_HERE / "capture" / "_addons" / "record.py", _HERE / "addons" / "record.py")


def capture(
    config: ConfigFile = None,
    listen: Annotated[str | None, listen_option("capture.listen")] = None,
    upstream: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where to relay.", show_default="capture.upstream"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The recording.", show_default="a new file in capture.recordings"),
    ] = None,
) -> NoReturn:
    """Record every request and answer between a voice platform and an endpoint.

    The same as `mitmdump --mode reverse:URL -s addons/record.py`. Stop it with Ctrl-C.
    """
    settings = configuration(config)
    at = address(listen, settings.capture.listen)
    if out is not None and out.exists():
        raise UsageError(f"{out} exists already; a recording is never overwritten: name another")
    relay_to = web_address(upstream or settings.capture.upstream, "--upstream")
    _check_writable(out.parent if out is not None else settings.capture.recordings)
    _check_free(at)
    command = [
        str(mitmdump()),
        "--quiet",
        *("--mode", f"reverse:{relay_to}"),
        *("--listen-host", at.host, "--listen-port", str(at.port)),
        *("--scripts", str(addon())),
        # Whoever names an address that the world can reach wants to be reached from there, and
        # mitmproxy would cut such connections off without a word.
        *("--set", "block_global=false"),
    ]
    if config is not None:
        command += ["--set", f"sightline_config={config}"]
    if out is not None:
        command += ["--set", f"sightline_out={out}"]
    sys.stdout.flush()
    os.execv(command[0], command)


def addon() -> Path:
    """Return the recording addon's file: beside the installed package, or in a checkout."""
    return next(path for path in _ADDON if path.is_file())


def mitmdump() -> Path:
    """Return the mitmdump of this environment.

    Raises:
        UsageError: mitmproxy is not installed here.
    """
    path = Path(sys.executable).with_name("mitmdump")
    if not path.is_file():
        raise UsageError("recording needs mitmproxy: pip install 'sightline[capture]'")
    return path


def _check_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
            return
        reason = "permission denied"
    except OSError as error:
        reason = error.strerror or str(error)
    raise UsageError(f"cannot record to {folder}: {reason}; name another place with --out")


def _check_free(at: Address) -> None:
    """Find out in one line what mitmdump would say in many."""
    try:
        with socket.create_server(
            (at.host, at.port), family=socket.AF_INET6 if ":" in at.host else socket.AF_INET
        ):
            return
    except OSError as error:
        raise UsageError(
            f"cannot listen on {at}: {error.strerror or error}; name another address with --listen"
        ) from None
