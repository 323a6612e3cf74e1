"""Tickets for uploads: the customer's own backend signs them, a page sends them. Pure.

    v1.<expires>.<holder>.<signature>

`expires` is in seconds since the epoch, at most 24 hours ahead. `holder` is 1 to 64 of
`A-Z a-z 0-9 _ -`, chosen by the backend: a user of its own, or chance; rates are counted by it.
`signature` is HMAC-SHA256(secret, "v1.<expires>.<holder>") in lower-case hexadecimal.

What is wrong with a ticket is said, but never the ticket, nor where its signature differs.
"""

import hashlib
import hmac
import re

from contract.errors import TicketRefused

HEADER = "X-Sightline-Ticket"
LONGEST = 24 * 3600
"""Seconds for which a ticket may be good; one that is stolen is of use no longer."""

_HOLDER = r"[A-Za-z0-9_-]{1,64}"
_TICKET = re.compile(rf"(v1\.([0-9]{{1,12}})\.({_HOLDER}))\.([0-9a-f]{{64}})")


def signed(secret: str, holder: str, expires: int) -> str:
    """Return a ticket, as the customer's backend makes it.

    Args:
        secret: injector.browser.ticket_secret.
        holder: whom it is for, as rates count it.
        expires: when it is over, in seconds since the epoch.

    Raises:
        ValueError: the holder cannot stand in a ticket, or the secret is empty.
    """
    if not re.fullmatch(_HOLDER, holder):
        raise ValueError("expected a holder of 1 to 64 letters, digits, `_` or `-`")
    told = f"v1.{expires:d}.{holder}"
    return f"{told}.{_signature(secret, told)}"


def holder_of(ticket: str, secret: str, now: float) -> str:
    """Return whom a ticket is for, if it is good.

    Args:
        ticket: as it was sent; empty where none was.
        secret: injector.browser.ticket_secret.
        now: seconds since the epoch.

    Raises:
        TicketRefused: it is missing, has another form, is not signed with this secret, is over, or
            would be good for too long.
        ValueError: the secret is empty.
    """
    if not ticket:
        raise TicketRefused(f"a ticket is needed: send one of your backend's as `{HEADER}`")
    found = _TICKET.fullmatch(ticket)
    if found is None:
        raise TicketRefused(
            f"the ticket in `{HEADER}` has not the form v1.EXPIRES.ID.SIGNATURE; EXPIRES is in "
            "whole seconds since 1970, ID of letters, digits, `_` and `-`, SIGNATURE of 64 "
            "lower-case hexadecimal digits"
        )
    told, expires, holder, signature = found.groups()
    if not hmac.compare_digest(signature, _signature(secret, told)):
        raise TicketRefused(
            "the ticket's signature is wrong: sign `v1.EXPIRES.ID` with HMAC-SHA256 and the secret "
            "that injector.browser.ticket_secret holds"
        )
    _check_time(int(expires) - now)
    return holder


def _check_time(left: float) -> None:
    if left <= 0:
        raise TicketRefused(f"the ticket is over since {-left:.0f} s: get a new one")
    if left > LONGEST:
        raise TicketRefused(
            f"the ticket is good for {left / 3600:.1f} hours more, which is too long: let it end "
            f"within {LONGEST // 3600} h"
        )


def _signature(secret: str, told: str) -> str:
    if not secret:
        raise ValueError("tickets need a secret")
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()
