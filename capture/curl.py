"""One `curl` command that sends a recorded request again, for any POSIX shell.

What curl would add by itself is taken away, and what belongs to a connection or counts the body is
left to curl. A secret that was redacted becomes a variable of the shell, so that it need not be
written where others read it, and nothing is sent while it is not set. The command is safe to show:
a character that commands a terminal is written as `printf` writes it. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from contract.errors import UsageError
from contract.exchange import HOP_BY_HOP, Exchange, Request, first_header
from contract.readable import readable_line
from contract.redact import TOKEN

LARGEST = 100 * 1024
"""The most bytes of a body that stand in the command itself: Linux takes 128 KB for an argument."""

VARIABLE = "SIGHTLINE_SECRET"
"""The name of the shell variable for a redacted secret; several are numbered."""

_LEFT_OUT = HOP_BY_HOP | {"content-encoding", "content-length", "expect"}
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.1
_NO_FIELD_VALUE = re.compile(r"[\x00\r\n]")  # RFC 9110, section 5.5
_URL = re.compile(r"(?i)https?://(?:[^/?#@]*@)?([^/?#]+)")
_GLOB = re.compile(r"[\[\]{}]")
_DOTS = re.compile(r"/\.\.?(?:[/?#]|\Z)")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f]")
_HAS_BODY = frozenset({"POST", "PUT", "PATCH"})
_MUCH = 1024 * 1024  # from there on curl first asks for leave, with `Expect: 100-continue`


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and what a person must know before running it.

    `notes` are sentences. `file` names the file that must hold `body`, where the body does not
    stand in the command.
    """

    text: str
    notes: tuple[str, ...] = ()
    file: str | None = None
    body: bytes = b""


def curl(exchange: Exchange, file: str) -> Command:
    """Return the command that sends the request of an exchange again.

    Args:
        exchange: what was recorded.
        file: the name of a file for a body that is binary or too large for a command.

    Raises:
        UsageError: its URL is none that curl could call.
    """
    request = exchange.request
    authority = _URL.match(request.url)
    if authority is None:
        raise UsageError(f"{readable_line(request.url[:200])} is no http URL: curl cannot call it")
    secrets = _Secrets(exchange)
    body, is_apart = _body(request, secrets, file)
    parts = [
        " ".join(
            ["curl", *_options(exchange), secrets.word(_NOT_IN_URL.sub(_percent, request.url))]
        ),
        *(f"--header {it}" for it in _headers(request, authority.group(1), secrets)),
        *body,
    ]
    notes = (*secrets.notes(file if is_apart else None), *_notes(request))
    if is_apart:
        return Command(" \\\n  ".join(parts), notes, file, request.body)
    return Command(" \\\n  ".join(parts), notes)


class _Secrets:
    """The redacted secrets of a request, and the shell variables that stand for them."""

    def __init__(self, exchange: Exchange) -> None:
        self._request = exchange.request
        self._is_hidden = "text" in exchange.redacted
        tokens = dict.fromkeys(TOKEN.findall(_all_text(exchange.request)))
        found = list(tokens) if exchange.redacted else []
        numbers = [""] if len(found) == 1 else [f"_{at}" for at, _ in enumerate(found, start=1)]
        self._variables = {token: VARIABLE + it for token, it in zip(found, numbers, strict=True)}

    def word(self, text: str) -> str:
        """Return a text as one word of a shell."""
        if not self._variables:
            return shell_word(text)
        parts = re.split(f"({'|'.join(self._variables)})", text)
        return "".join(
            f'"${{{self._variables[part]}:?}}"' if part in self._variables else shell_word(part)
            for part in parts
            if part
        )

    def notes(self, file: str | None) -> Iterator[str]:
        """Yield what a person must fill in."""
        for token, name in self._variables.items():
            places = list(self._places(token, file))
            if places:
                yield f"set {name} first, to the secret that was redacted in {', '.join(places)}"
            if file and token.encode() in self._request.body:
                yield f"{file} holds {token} where a secret was redacted: put it in"
        if self._is_hidden:
            yield "what people said is hidden in this recording, so the command says x for letters"

    def _places(self, token: str, file: str | None) -> Iterator[str]:
        if token in self._request.url:
            yield "the URL (percent-encoded)"
        yield from (f"header {name}" for name, value in self._request.headers if token in value)
        if not file and token.encode() in self._request.body:
            yield "the body (as JSON has it)"


def shell_word(text: str) -> str:
    """Return a text as one word of a POSIX shell, safe to show and to paste.

    NUL is left out: no argument of a command can hold it.
    """
    runs = groupby(text.replace("\x00", ""), _is_plain)
    return (
        "".join(
            _single_quoted("".join(run)) if is_plain else _printed("".join(run))
            for is_plain, run in runs
        )
        or "''"
    )


def _is_plain(character: str) -> bool:
    # A tab that is pasted into a terminal completes words; a line feed within quotes does not.
    return character == "\n" or readable_line(character) == character


def _single_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _printed(text: str) -> str:
    """Return characters that must not be shown, as `printf` makes them from their bytes."""
    octal = "".join(f"\\{byte:03o}" for byte in _encoded(text))
    return f"\"$(printf '{octal}')\""


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")  # so mitmproxy decodes headers
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _percent(found: re.Match[str]) -> str:
    return f"%{ord(found.group()):02X}"


def _all_text(request: Request) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers)
    return "\n".join((request.url, headers, request.body.decode("utf-8", "replace")))


def _options(exchange: Exchange) -> Iterator[str]:
    request, response = exchange.request, exchange.response
    method = request.method
    if method == "HEAD" and not request.body:
        yield "--head"
    elif method != ("POST" if request.body or method in _HAS_BODY else "GET"):
        yield f"--request {shell_word(method)}"
    if _GLOB.search(request.url):
        yield "--globoff"
    if _DOTS.search(request.url):
        yield "--path-as-is"
    if response and response.is_event_stream:
        yield "--no-buffer"
    if first_header(request.headers, "accept-encoding"):
        yield "--compressed"


def _headers(request: Request, authority: str, secrets: _Secrets) -> Iterator[str]:
    """Yield the headers that are sent, and those that curl is not to send by itself."""
    for name, value in request.headers:
        is_same_host = name.lower() == "host" and value == authority
        if _is_sendable(name, value) and not is_same_host:
            yield secrets.word(f"{name}: {value.strip()}" if value.strip() else f"{name};")
    added = {"User-Agent": True, "Accept": True, "Content-Type": _has_data(request)}
    for name, is_added in added.items():
        if is_added and first_header(request.headers, name) is None:
            yield shell_word(f"{name}:")
    if len(request.body) >= _MUCH:
        yield shell_word("Expect:")


def _is_sendable(name: str, value: str) -> bool:
    return (
        name.lower() not in _LEFT_OUT
        and _FIELD_NAME.fullmatch(name) is not None
        and not _NO_FIELD_VALUE.search(value)
    )


def _has_data(request: Request) -> bool:
    return bool(request.body) or request.method in _HAS_BODY


def _body(request: Request, secrets: _Secrets, file: str) -> tuple[list[str], bool]:
    """Return the option for the body, and whether the body must stand in a file."""
    if not _has_data(request):
        return [], False
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text or len(request.body) > LARGEST:
        return [f"--data-binary {shell_word('@' + file)}"], True
    # `--data-raw` differs in one thing: an @ at the beginning names no file.
    option = "--data-raw" if text.startswith("@") else "--data-binary"
    return [f"{option} {secrets.word(text) if text else shell_word(text)}"], False


def _notes(request: Request) -> Iterator[str]:
    """Yield which headers cannot be sent, though nobody would expect that."""
    lost = [name for name, value in request.headers if _is_lost(name, value)]
    if lost:
        names = ", ".join(map(readable_line, lost))
        yield f"left out is what HTTP does not take for a header: {names}"


def _is_lost(name: str, value: str) -> bool:
    is_pseudo = name.startswith(":")  # HTTP/2 says the method and the URL so
    return not is_pseudo and name.lower() not in _LEFT_OUT and not _is_sendable(name, value)
