"""What must not be written down or shown is replaced here, before the disk and the screen.

A secret becomes a token that is equal for equal secrets within one recording and means nothing
outside it (HMAC-SHA256 with a key that is never stored). A secret that was found in one place is
replaced wherever else it occurs in the exchange, and in those that follow, also escaped or in
base64 (`contract.secret`), and cut into the words of an answer (`contract.deltas`): a key in a
header must not survive in a body that echoes it. Everything else stays as it was, to the byte.

Replaced are: the configured headers, of requests and answers alike; headers and the parameters of
URLs and forms whose names say that they are secrets (`contract.secretname`); a user and password in
a URL; the configured places of JSON bodies, with all that stands below them; Sightline's own
secrets, wherever they stand (`contract.ownsecret`); and with `text` what people said
(`contract.spoken`).

Looked for elsewhere is what has eight characters or more: the whole of such a value, and of it each
cookie, what follows a scheme, and the user and password that `Basic` encodes. Of a recording the
last 256 of them are remembered, and the most recent use counts. Not found are a secret that stood
in an exchange before the one that first gave it away, one that was transformed otherwise (hashed,
encrypted, spelled out), and one inside bytes that are compressed, such as a picture's.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import unquote, unquote_plus

from contract import deltas, jsonspan
from contract.exchange import Exchange, Headers, Request, Response, media_type
from contract.fieldpath import FieldPath, text_of
from contract.ownsecret import own_secrets
from contract.secret import Known, Span, cover, in_bytes
from contract.secretname import is_secret, is_secret_parameter
from contract.spoken import hide_text

TOKEN = re.compile(r"redacted-[0-9a-f]{16}")
"""What stands in the place of a secret."""

_SHORTEST = 8  # a shorter text is too likely to occur by chance elsewhere
_FORM = "application/x-www-form-urlencoded"
_BLANKS = " \t"  # what may stand around a header's value and is no part of it (RFC 9110, 5.6.3)
_URL_LIKE = re.compile(r"[?#]|://")
_SCHEME = re.compile(r"(?i)(bearer|basic|token|digest)\s+(?=\S)")
_USER = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#]+)@")
_FIELD = re.compile(r"(?:(?<=&)|\A)([^=&]+)=([^&]+)")
_PARAMETER = re.compile(r"(?<=[?&#])([^=&#]+)=([^&#]+)")


@dataclass(frozen=True, slots=True)
class Rules:
    """What to replace: header names in lower case, places of the body, and what people said."""

    headers: tuple[str, ...] = ("authorization", "cookie", "x-api-key", "xi-api-key")
    body: tuple[FieldPath, ...] = ()
    text: bool = False


class Redactor:
    """Replace the secrets of one recording's exchanges.

    Args:
        rules: what to replace.
        key: makes tokens; random for each recording, and not to be stored.
        known: secrets that are known beforehand.
    """

    def __init__(
        self, rules: Rules, key: bytes | None = None, *, known: Iterable[str] = ()
    ) -> None:
        self._rules = rules
        self._key = key or secrets.token_bytes(32)
        self._headers = {name.lower() for name in rules.headers}
        if "cookie" in self._headers:
            self._headers |= {"set-cookie"}
        self._known = Known(secret for secret in known if len(secret) >= _SHORTEST)
        self._places = [path for path in rules.body if path.place == "body"]

    def token(self, secret: str) -> str:
        """Return what stands in the place of `secret`."""
        digest = hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"redacted-{digest.hexdigest()[:16]}"

    def redact(self, exchange: Exchange) -> Exchange:
        """Return the exchange without its secrets, and with the places where they stood."""
        request, response = exchange.request, exchange.response
        in_body = list(self._in_body(request))
        found = [
            *self._in_headers("$request", request.headers),
            *(self._in_headers("$response", response.headers) if response else ()),
            *((f"$request.{name}", secret) for name, secret in _url_secrets(request.url)),
            *((place, span.secret) for place, span in in_body),
            *_own(exchange),
        ]
        bare = {secret.strip(_BLANKS).strip('"') for _, secret in found}
        self._known.learn(secret for secret in bare if len(secret) >= _SHORTEST)
        places = dict.fromkeys(place for place, _ in found)
        request = self._request(request, [span for _, span in in_body])
        response = response and self._response(response)
        if self._rules.text:
            kind = media_type(request.headers)
            request = replace(request, body=hide_text(request.body, kind, self._key))
            if response:
                kind = media_type(response.headers)
                response = replace(response, body=hide_text(response.body, kind, self._key))
            places["text"] = None
        reason = exchange.reason and self._text(exchange.reason, [])
        return replace(
            exchange, request=request, response=response, reason=reason, redacted=tuple(places)
        )

    def _request(self, request: Request, in_body: list[Span]) -> Request:
        spans = [*in_body, *self._known.spans(request.body)]
        body, _ = cover(request.body, (), spans, self.token)
        return Request(
            request.method,
            self._text(request.url, [span for _, span in _in_url(request.url)]),
            self._header_pairs(request.headers),
            body,
            request.http_version,
        )

    def _response(self, response: Response) -> Response:
        spans = self._known.spans(response.body)
        if response.is_event_stream:
            spans += deltas.spans(response.body, self._known)
        body, arrivals = cover(response.body, response.arrivals, spans, self.token)
        return Response(response.status, self._header_pairs(response.headers), body, arrivals)

    def _header_pairs(self, headers: Headers) -> Headers:
        return tuple(
            (self._text(name, []), self._text(value, self._in_header(name, value)))
            for name, value in headers
        )

    def _text(self, text: str, spans: list[Span]) -> str:
        data = text.encode("utf-8", "surrogatepass")
        spans = [*in_bytes(text, spans, "surrogatepass"), *self._known.spans(data)]
        return cover(data, (), spans, self.token)[0].decode("utf-8", "surrogatepass")

    def _in_headers(self, side: str, headers: Headers) -> Iterator[tuple[str, str]]:
        """Yield place and secret for each secret, and for each that is part of it."""
        for name, value in headers:
            place = f"{side}.header.{name.lower()}"
            for span in self._in_header(name, value):
                yield place, span.secret
                if self._is_secret(name):
                    yield from ((place, part) for part in _parts(name.lower(), span.secret))
                else:
                    yield from ((place, secret) for _, secret in _url_secrets(value))

    def _is_secret(self, name: str) -> bool:
        """Tell whether a header is one; of those in the configuration's default, it alone says."""
        lower = name.strip().lower()  # of a request that is refused for the blanks
        return lower in self._headers or (lower not in Rules().headers and is_secret(name.strip()))

    def _in_header(self, name: str, value: str) -> list[Span]:
        """Return the secret of a configured header, without its scheme, or those of a URL."""
        if self._is_secret(name) and value.strip(_BLANKS):
            scheme = _SCHEME.match(value.lstrip(_BLANKS))
            start = len(value) - len(value.lstrip(_BLANKS)) + (scheme.end() if scheme else 0)
            end = len(value.rstrip(_BLANKS))
            return [Span(start, end, value[start:end])]
        # `Referer` and `Location` are not the only ones: proxies have names for what was asked.
        return [span for _, span in _in_url(value)] if _URL_LIKE.search(value) else []

    def _in_body(self, request: Request) -> Iterator[tuple[str, Span]]:
        """Yield what stands at or below the configured places, however short, or in a form."""
        is_form = media_type(request.headers) == _FORM
        if not self._places and not is_form:
            return
        text = request.body.decode("utf-8", "surrogateescape")
        found: list[tuple[str, Span]] = []
        if is_form:
            found += _in_form(text)
        with suppress(ValueError):  # what stood before the fault is no less secret
            for steps, leaf in self._leaves(text):
                for path in self._places:
                    if path.keys == steps[: len(path.keys)]:
                        found += ((str(path), span) for span in _in_leaf(path, text, leaf))
        spans = in_bytes(text, [span for _, span in found], "surrogateescape")
        yield from zip((place for place, _ in found), spans, strict=True)

    def _leaves(self, text: str) -> Iterator[tuple[tuple[str, ...], jsonspan.Part]]:
        start = 1 if text.startswith("\ufeff") else 0
        return jsonspan.leaves(text, start) if self._places else iter(())


def _own(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yield name and digits of Sightline's own secrets, in requests and answers alike."""
    request, response = exchange.request, exchange.response
    headers = (*request.headers, *(response.headers if response else ()))
    texts = [request.url, *(f"{name}: {value}" for name, value in headers)]
    bodies = [request.body, response.body if response else b""]
    for data in (*(text.encode("utf-8", "surrogatepass") for text in texts), *bodies):
        yield from own_secrets(data)


def _in_leaf(path: FieldPath, text: str, leaf: jsonspan.Part) -> Iterator[Span]:
    """Yield what a field path means in one value; of a number always the whole is replaced."""
    value = text_of(leaf.value)
    if not value:
        return
    is_text = isinstance(leaf.value, str)
    if path.match is None:
        inset = 1 if is_text else 0
        yield Span(leaf.start + inset, leaf.end - inset, value, not is_text)
        return
    offsets = jsonspan.offsets(text[leaf.start : leaf.end])
    for found in re.finditer(path.match, value):
        group = 1 if found.re.groups else 0
        if not found.group(group):
            continue
        start, end = leaf.start, leaf.end
        if is_text:
            start, end = (leaf.start + offsets[at] for at in found.span(group))
        yield Span(start, end, found.group(group), not is_text)


def _parts(name: str, secret: str) -> Iterator[str]:
    """Yield what is a secret by itself in a header's secret."""
    if name in {"cookie", "set-cookie"}:  # of the latter, attributes follow the first semicolon
        cookies = secret.split(";")[: None if name == "cookie" else 1]
        yield from (cookie.partition("=")[2] for cookie in cookies)
        return
    yield secret.partition(" ")[2]  # a scheme that we do not know
    with suppress(ValueError):
        basic = base64.b64decode(secret, validate=True).decode()  # RFC 7617: user:password
        yield from (basic, basic.partition(":")[2])


def _url_secrets(url: str) -> Iterator[tuple[str, str]]:
    """Yield place and secret for each secret of a URL, and the password by itself."""
    for name, span in _in_url(url):
        yield name, span.secret
        if name == "url.user":
            yield name, span.secret.partition(":")[2]


def _in_url(url: str) -> Iterator[tuple[str, Span]]:
    """Yield the secrets of a URL, each with the name of its place; as they are, decoded."""
    user = _USER.match(url)
    if user:
        yield "url.user", Span(*user.span(1), unquote(user.group(1), errors="surrogateescape"))
    yield from ((f"query.{name}", span) for name, span in _in_parameters(url, _PARAMETER))


def _in_form(text: str) -> Iterator[tuple[str, Span]]:
    """Yield the secrets of a form, each with the name of its place."""
    for name, span in _in_parameters(text, _FIELD):
        yield f"$request.body.{name}", span


def _in_parameters(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, Span]]:
    for found in pattern.finditer(text):
        name = unquote_plus(found.group(1))
        if is_secret_parameter(name):
            secret = unquote_plus(found.group(2), errors="surrogateescape")
            yield name, Span(*found.span(2), secret)
