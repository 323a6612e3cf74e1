"""What a person can look for in an exchange: everything that `show` shows of it, as texts."""

import re
from collections.abc import Iterator

from capture.answer import answer_of
from capture.show.folding import pieces
from capture.show.marking import has_hit
from contract.exchange import Exchange, Headers, Response
from contract.jsontext import decode


def is_found(exchange: Exchange, hits: re.Pattern[str]) -> bool:
    """Tell whether an exchange has what a person looks for; a match of nothing is none."""
    return any(has_hit(text, hits) for text in texts_of(exchange))


def texts_of(exchange: Exchange) -> Iterator[str]:
    """Yield request line, headers, bodies, and what the answer says, in the order of `show`."""
    request = exchange.request
    yield f"{request.method} {request.url} {request.http_version}"
    yield from _header_texts(request.headers)
    yield from body_texts(request.body)
    if exchange.reason:
        yield exchange.reason
    if exchange.response:
        yield from _header_texts(exchange.response.headers)
        yield from _answer_texts(exchange.response)


def _header_texts(headers: Headers) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in headers)


def _answer_texts(response: Response) -> Iterator[str]:
    said = answer_of(response)
    yield from filter(None, (said.error, said.text))
    yield from (f"{call.name} {call.arguments}" for call in said.calls)
    if not (said.error or said.text or said.calls):
        yield from body_texts(response.body)


def body_texts(body: bytes) -> Iterator[str]:
    """Yield the values of a JSON body, each with its key and by itself; else the text as it is."""
    try:
        value = decode(body)
    except ValueError:
        value = None
    if isinstance(value, dict | list):
        for piece in pieces(value):
            yield from (piece.line, piece.text)
        return
    try:
        yield body.decode()
    except UnicodeDecodeError:
        return
