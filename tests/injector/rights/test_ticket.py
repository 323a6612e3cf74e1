"""Tickets: what the customer's backend signs is good for its time, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import TicketRefused
from injector.rights.ticket import LONGEST, holder_of, signed

SECRET = "a-secret-of-the-customer"
NOW = 1_764_000_000
GOOD = signed(SECRET, "user-17", NOW + 600)

holders = st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z")
secrets = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1)


def test_a_ticket_is_what_the_documentation_says() -> None:
    # echo -n v1.1764000600.user-17 | openssl dgst -sha256 -hmac a-secret-of-the-customer
    signature = "c0dd1827560be1a1e4008042e16fff796b3d585e9a57ac65ce5c12f3cf9bcac3"
    assert f"v1.1764000600.user-17.{signature}" == GOOD


@given(secrets, holders, st.integers(1, LONGEST))
def test_a_ticket_is_good_for_its_time(secret: str, holder: str, left: int) -> None:
    ticket = signed(secret, holder, NOW + left)
    assert holder_of(ticket, secret, NOW) == holder
    assert holder_of(ticket, secret, NOW + left - 0.5) == holder
    with pytest.raises(TicketRefused, match="the ticket is over since"):
        holder_of(ticket, secret, NOW + left)


@given(st.data())
def test_a_ticket_that_was_changed_anywhere_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(at, min(at + 3, len(GOOD))))
    changed = GOOD[:at] + data.draw(st.text(max_size=3)) + GOOD[end:]
    if changed == GOOD:
        return
    with pytest.raises(TicketRefused):
        holder_of(changed, SECRET, NOW)


@given(secrets.filter(lambda secret: secret != SECRET))
def test_a_ticket_of_another_secret_is_refused(secret: str) -> None:
    with pytest.raises(TicketRefused, match="signature is wrong"):
        holder_of(GOOD, secret, NOW)


SIGNATURE = GOOD.rpartition(".")[2]


@pytest.mark.parametrize(
    ("ticket", "why"),
    [
        ("", "a ticket is needed: send one of your backend's as `X-Sightline-Ticket`"),
        ("x", "has not the form v1.EXPIRES.ID.SIGNATURE"),
        (f"v2{GOOD[2:]}", "has not the form"),
        (f"{GOOD}\n", "has not the form"),
        (f" {GOOD}", "has not the form"),
        (GOOD[:-1], "has not the form"),
        (f"{GOOD[:-64]}{SIGNATURE.upper()}", "has not the form"),
        (f"v1.{NOW + 600}..{SIGNATURE}", "has not the form"),
        (f"v1.{NOW + 600}.{'a' * 65}.{SIGNATURE}", "has not the form"),
        (f"v1.{NOW + 600}.a b.{SIGNATURE}", "has not the form"),
        (f"v1.-{NOW + 600}.user-17.{SIGNATURE}", "has not the form"),
        (f"v1.١٧٦٤.user-17.{SIGNATURE}", "has not the form"),
        (f"v1.{NOW + 601}.user-17.{SIGNATURE}", "signature is wrong"),
        (f"v1.{NOW + 600}.user-18.{SIGNATURE}", "signature is wrong"),
        (f"{GOOD[:-64]}{'0' * 64}", "signature is wrong"),
        (signed(SECRET, "u", NOW), "over since 0 s"),
        (signed(SECRET, "u", NOW - 90), "over since 90 s"),
        (signed(SECRET, "u", 0), "over since"),
        (signed(SECRET, "u", NOW + LONGEST + 1), "good for 24.0 hours more, which is too long"),
        (signed(SECRET, "u", 999_999_999_999), "which is too long: let it end within 24 h"),
    ],
)
def test_what_is_wrong_is_told_and_the_ticket_is_not(ticket: str, why: str) -> None:
    with pytest.raises(TicketRefused, match=why.replace(".", r"\.")) as refused:
        holder_of(ticket, SECRET, NOW)
    told = str(refused.value)
    assert len(ticket) < 2 or ticket not in told
    assert SIGNATURE[:6] not in told
    assert SECRET not in told
    assert refused.value.http_status == 401


@pytest.mark.parametrize("holder", ["", "a b", "a.b", "ä", "a" * 65, "a\n"])
def test_a_holder_that_cannot_stand_in_a_ticket_is_refused(holder: str) -> None:
    with pytest.raises(ValueError, match="a holder of 1 to 64 letters"):
        signed(SECRET, holder, NOW)


def test_without_a_secret_there_are_no_tickets() -> None:
    with pytest.raises(ValueError, match="need a secret"):
        signed("", "u", NOW)
    with pytest.raises(ValueError, match="need a secret"):
        holder_of(GOOD, "", NOW)
