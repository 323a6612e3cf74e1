"""What a request may do: taken from its headers, before its body is read.

Who sends the bearer is the customer's own backend, which no ticket and no rate holds up. Everybody
else is a page: it needs a ticket where the configuration has a secret for tickets, and may ask so
often a minute. A right to a conversation's pictures is taken from the request here; whether it is
enough is for the store to say.
"""

import time

from aiohttp import web

from contract.errors import Unauthorized
from contract.ownsecret import CONTEXT_TOKEN
from injector.rights import ticket
from injector.rights.address import Client, client
from injector.rights.rate import Kind, Rates
from injector.shared import Right
from injector.wire import CONFIG, is_bearer, sent_bearer

RATES = web.AppKey("rates", Rates)


def right_of(request: web.Request, token: str = "") -> Right:
    """Return what a request has shown of its right to a conversation's pictures.

    Args:
        request: whose `Authorization: Bearer …` may be the bearer, or a conversation's token.
        token: a conversation's token from the body, for where the header holds none.

    Raises:
        Unauthorized: it sends a bearer that is neither. A mistake is told, and not taken for a
            request without any. Where no bearer is configured, none is looked at, as with turns.
    """
    given = sent_bearer(request)
    if given is None:
        return Right(token=token)
    if is_bearer(request, given):
        return Right(bearer=True)
    if given.startswith(CONTEXT_TOKEN):
        return Right(token=given)
    if request.app[CONFIG].injector.bearer:
        raise Unauthorized(
            "what `Authorization: Bearer …` holds is neither the secret of injector.bearer nor a "
            "`contextToken`; send one of the two, or no such header"
        )
    return Right(token=token)


def right_to_look(request: web.Request) -> Right:
    """Return the right with which a request looks at a conversation's pictures, or forgets them.

    Where no bearer is configured, nobody but this machine can ask, and may, as with turns; but a
    proxy on this machine is somebody else's mouth, and what comes through one may not.

    Raises:
        Unauthorized: it shows no right at all, or a bearer that is none.
    """
    right = right_of(request)
    if right.bearer or right.token:
        return right
    if not request.app[CONFIG].injector.bearer and _is_this_machine(request):
        return Right(bearer=True)
    raise Unauthorized(
        "send `Authorization: Bearer …` with the `contextToken` that the conversation's first "
        "association was answered with, or with the secret of injector.bearer"
    )


def admit(request: web.Request, kind: Kind) -> None:
    """Let a request for an upload or an association in, and count it.

    Raises:
        Unauthorized: it sends a bearer that is none.
        TicketRefused: a ticket is needed, and it has no good one.
        TooMany: its address, or its ticket, has asked as often as it may.
    """
    if right_of(request).bearer:
        return
    secret = request.app[CONFIG].injector.browser.ticket_secret
    holder = ""
    if secret:
        holder = ticket.holder_of(request.headers.get(ticket.HEADER, ""), secret, time.time())
    request.app[RATES].count(kind, client_of(request).counted_as, holder)


def count_in(request: web.Request, kind: Kind) -> None:
    """Count a request that needs no ticket by its address; the bearer's is not counted.

    Raises:
        Unauthorized: it sends a bearer that is none.
        TooMany: its address has asked as often as it may.
    """
    if not right_of(request).bearer:
        request.app[RATES].count(kind, client_of(request).counted_as, "")


def client_of(request: web.Request) -> Client:
    """Return who is asking: the peer, or whom trusted proxies name."""
    transport = request.transport
    peer = None if transport is None else transport.get_extra_info("peername")
    return client(
        peer[0] if isinstance(peer, tuple) else None,
        request.scheme,
        forwarded_for=request.headers.getall("X-Forwarded-For", ()),
        forwarded_proto=request.headers.getall("X-Forwarded-Proto", ()),
        trusted=request.app[CONFIG].injector.trusted_proxies,
    )


_PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def _is_this_machine(request: web.Request) -> bool:
    listen = request.app[CONFIG].injector.listen
    return listen.is_loopback and not any(name in request.headers for name in _PASSED_ON)
