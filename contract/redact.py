"""What must not be written down or shown is replaced here, before the disk and the screen.

A secret becomes a token that is equal for equal secrets within one recording and means nothing
outside it (HMAC-SHA256 with a key that is never stored). A secret that was found in one place is
replaced wherever else it occurs in the exchange: a key in a header must not survive in a body that
echoes it. Everything else stays as it was, to the byte.

Replaced are: the configured headers, of requests and answers alike; URL parameters with the names
in `SECRET_PARAMETERS`, and a user and password in the URL; the configured places of JSON bodies;
and with `text` what people said: each letter becomes an x and each digit a 0, so that structure and
lengths stay; words that may be IDs stay too (letters and digits mixed, eight characters or more).
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_plus

from contract import jsonspan
from contract.exchange import Arrival, Exchange, Headers, Request, Response
from contract.fieldpath import FieldPath, text_of
from contract.jsontext import encode

SECRET_PARAMETERS = frozenset(
    {
        "access_token",
        "api-key",
        "api_key",
        "apikey",
        "auth",
        "code",
        "key",
        "password",
        "secret",
        "sig",
        "signature",
        "token",
        "xi-api-key",
    }
)
"""Names of URL parameters whose values are secrets wherever they are met, in lower case."""

TOKEN = re.compile(r"redacted-[0-9a-f]{16}")
"""What stands in the place of a secret."""

_IMPLIED = {"cookie": "set-cookie", "authorization": "proxy-authorization"}
_SHORTEST = 8  # a shorter text is too likely to occur by chance elsewhere in the exchange
_SCHEME = re.compile(r"(?i)(bearer|basic|token|digest)\s+(?=\S)")


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
    """

    def __init__(self, rules: Rules, key: bytes | None = None) -> None:
        self._rules = rules
        self._key = key or secrets.token_bytes(32)
        names = {name.lower() for name in rules.headers}
        self._headers = names | {also for name, also in _IMPLIED.items() if name in names}

    def token(self, secret: str) -> str:
        """Return what stands in the place of `secret`."""
        digest = hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"redacted-{digest.hexdigest()[:16]}"

    def redact(self, exchange: Exchange) -> Exchange:
        """Return the exchange without its secrets, and with the places where they stood."""
        found = dict.fromkeys(self._find(exchange))
        known = sorted(
            {secret for _, secret in found if len(secret) >= _SHORTEST}, key=len, reverse=True
        )
        places = dict.fromkeys(place for place, _ in found)
        request = self._request(exchange.request, known)
        response = exchange.response and self._response(exchange.response, known)
        if self._rules.text:
            request = replace(request, body=hide_text(request.body))
            response = response and replace(response, body=hide_text(response.body))
            places["text"] = None
        return replace(exchange, request=request, response=response, redacted=tuple(places))

    def _find(self, exchange: Exchange) -> Iterator[tuple[str, str]]:
        """Yield place and secret for each secret that stands where one is known to stand."""
        yield from self._in_headers("$request", exchange.request.headers)
        if exchange.response:
            yield from self._in_headers("$response", exchange.response.headers)
        for start, end, name in _url_secrets(exchange.request.url):
            yield f"$request.{name}", exchange.request.url[start:end]
            yield f"$request.{name}", unquote_plus(exchange.request.url[start:end])
        for path in self._rules.body:
            value = path.value(exchange.request)
            if value is not None:
                yield str(path), path.find(exchange.request) or ""

    def _in_headers(self, side: str, headers: Headers) -> Iterator[tuple[str, str]]:
        for name, value in headers:
            if name.lower() in self._headers and value.strip():
                yield f"{side}.header.{name.lower()}", _without_scheme(value)

    def _request(self, request: Request, known: list[str]) -> Request:
        body, _ = self._body(self._configured(request.body), (), known)
        return Request(
            request.method,
            self._url(request.url, known),
            self._header_pairs(request.headers, known),
            body,
            request.http_version,
        )

    def _response(self, response: Response, known: list[str]) -> Response:
        body, arrivals = self._body(response.body, response.arrivals, known)
        headers = self._header_pairs(response.headers, known)
        return Response(response.status, headers, body, arrivals)

    def _header_pairs(self, headers: Headers, known: list[str]) -> Headers:
        return tuple((name, self._header(name, value, known)) for name, value in headers)

    def _header(self, name: str, value: str, known: list[str]) -> str:
        if name.lower() in self._headers and value.strip():
            secret = _without_scheme(value)
            return value.replace(secret, self.token(secret))
        return self._text(value, known)

    def _url(self, url: str, known: list[str]) -> str:
        edits = [
            jsonspan.Edit(start, end, self.token(unquote_plus(url[start:end])).encode())
            for start, end, _ in _url_secrets(url)
        ]
        return self._text(jsonspan.splice(url, edits).decode(), known)

    def _text(self, text: str, known: list[str]) -> str:
        for secret in known:
            for form in {secret, quote(secret, safe="")}:
                text = text.replace(form, self.token(secret))
        return text

    def _body(
        self, body: bytes, arrivals: tuple[Arrival, ...], known: list[str]
    ) -> tuple[bytes, tuple[Arrival, ...]]:
        """Replace known secrets, plain and as JSON text, and keep each piece's time."""
        for secret in known:
            token = self.token(secret).encode()
            plain = secret.encode("utf-8", "surrogatepass")
            for form in {plain, encode(secret)[1:-1].encode("utf-8", "surrogatepass")}:
                body, arrivals = replace_bytes(body, arrivals, form, token)
        return body, arrivals

    def _configured(self, body: bytes) -> bytes:
        """Replace what stands at or below the configured places, however short it is."""
        if not any(path.place == "body" for path in self._rules.body):
            return body
        try:
            text = body.decode()
            edits = [
                jsonspan.Edit(leaf.start, leaf.end, encode(hidden).encode())
                for steps, leaf in jsonspan.leaves(text)
                if (hidden := self._leaf(steps, leaf.value)) is not None
            ]
        except (ValueError, RecursionError):
            return body
        return jsonspan.splice(text, edits)

    def _leaf(self, steps: tuple[str, ...], value: object) -> str | None:
        """Return what to put in the place of a leaf, or None where it may stay."""
        text = text_of(value)
        for path in self._rules.body:
            if text is None or path.place != "body" or path.keys != steps[: len(path.keys)]:
                continue
            if path.match is None:
                return self.token(text)
            return re.sub(path.match, self._match, text)
        return None

    def _match(self, found: re.Match[str]) -> str:
        whole, secret = found.group(0), found.group(1) if found.re.groups else found.group(0)
        return whole.replace(secret, self.token(secret)) if secret else whole


def _without_scheme(value: str) -> str:
    scheme = _SCHEME.match(value)
    return value[scheme.end() :].strip() if scheme else value.strip()


def _url_secrets(url: str) -> Iterator[tuple[int, int, str]]:
    """Yield where secrets stand in a URL, and the name of the place."""
    user = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#@]+)@", url)
    if user:
        yield user.start(1), user.end(1), "url.user"
    for found in re.finditer(r"(?<=[?&])([^=&#]+)=([^&#]+)", url):
        if unquote_plus(found.group(1)).lower() in SECRET_PARAMETERS:
            yield found.start(2), found.end(2), f"query.{unquote_plus(found.group(1))}"


def replace_bytes(
    body: bytes, arrivals: tuple[Arrival, ...], old: bytes, new: bytes
) -> tuple[bytes, tuple[Arrival, ...]]:
    """Replace `old` by `new`; a piece that is cut inside `old` ends behind `new`."""
    starts = [found.start() for found in re.finditer(re.escape(old), body)]
    if not starts:
        return body, arrivals
    sized, before, end = [], 0, 0
    for at, size in arrivals:
        end += size
        moved = end
        for start in starts:
            if start < end:
                moved += len(new) - len(old) + max(0, start + len(old) - end)
        sized.append((at, moved - before))
        before = moved
    return body.replace(old, new), tuple(sized)


_SPOKEN = re.compile(
    r'"(content|text|arguments|transcript|delta|refusal|instructions|input)"\s*:\s*"'
)
_LITERAL_END = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL)
_WORD = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|[\w-]+")


def hide_text(body: bytes) -> bytes:
    """Return a JSON body or an event stream of JSON in which nobody can read what was said.

    Each character is replaced by one of as many bytes, so the pieces in which a stream arrived
    still fit. Escapes stay, and so do data URIs: pictures are kept beside the recording.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body
    edits = []
    for found in _SPOKEN.finditer(text):
        literal = _LITERAL_END.match(text, found.end())
        if literal and not literal.group().startswith("data:"):
            hidden = _WORD.sub(_hide_word, literal.group())
            edits.append(jsonspan.Edit(literal.start(), literal.end(), hidden.encode()))
    return jsonspan.splice(text, edits)


def _hide_word(word: re.Match[str]) -> str:
    text = word.group()
    if text.startswith("\\") or _may_be_id(text):
        return text
    return "".join(_hide_character(character) for character in text)


def _may_be_id(text: str) -> bool:
    has_digit = any(character.isdigit() for character in text)
    return len(text) >= _SHORTEST and has_digit and any(map(str.isalpha, text))


def _hide_character(character: str) -> str:
    if character.isdigit():
        return "0" * len(character.encode())
    return "x" * len(character.encode()) if character.isalpha() else character
