"""Signed events: what ElevenLabs signs counts, once, and nothing else does."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import SignatureRefused
from injector.rights.signature import REMEMBERED, TOLERANCE, Signed

SECRET = "wsec_a-secret-of-the-webhook"
NOW = 1_764_000_000
BODY = '{"type":"post_call_transcription","data":{"conversation_id":"conv_é"}}'.encode()
# The elevenlabs package, 2.78, takes this very header and body (`webhooks.construct_event`), and
# (printf 1764000000.; cat body) | openssl dgst -sha256 -hmac wsec_a-secret-of-the-webhook
# says the same.
SIGNATURE = "01db393d70236626bdb709724b8bde94b8e968f824c93571d95ca4b29d77d1ee"
HEADER = f"t={NOW},v0={SIGNATURE}"


def claim_of(header: str, body: bytes, secret: str, now: float) -> str:
    signed = Signed(header, secret)
    signed.update(body)
    return signed.claim(now)


def signed(body: bytes, moment: int, secret: str = SECRET) -> str:
    """Return the header of an event, as the platform makes it."""
    told = f"{moment}.".encode() + body
    return f"t={moment},v0={hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()}"


def test_an_event_is_taken_as_the_platforms_own_package_takes_it() -> None:
    assert signed(BODY, NOW) == HEADER
    assert claim_of(HEADER, BODY, SECRET, NOW) == f"elevenlabs:{SIGNATURE}"


@given(st.binary(max_size=200), st.integers(-TOLERANCE, TOLERANCE))
def test_any_body_is_taken_for_half_an_hour_before_and_after(body: bytes, ahead: int) -> None:
    assert claim_of(signed(body, NOW + ahead), body, SECRET, NOW)


@given(st.integers(TOLERANCE + 1, 10**11), st.sampled_from([-1, 1]))
def test_an_event_of_another_time_is_refused(away: int, way: int) -> None:
    moment = NOW + way * away
    if moment < 0:
        return
    with pytest.raises(SignatureRefused, match="at most 30 minutes are allowed"):
        claim_of(signed(BODY, moment), BODY, SECRET, NOW)


@given(st.data())
def test_a_body_that_was_changed_anywhere_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(BODY)))
    end = data.draw(st.integers(at, min(at + 3, len(BODY))))
    changed = BODY[:at] + data.draw(st.binary(max_size=3)) + BODY[end:]
    if changed == BODY:
        return
    with pytest.raises(SignatureRefused, match="is wrong"):
        claim_of(HEADER, changed, SECRET, NOW)


@given(st.data())
def test_a_header_that_was_changed_anywhere_is_refused_or_says_the_same(
    data: st.DataObject,
) -> None:
    at = data.draw(st.integers(0, len(HEADER)))
    end = data.draw(st.integers(at, min(at + 3, len(HEADER))))
    changed = HEADER[:at] + data.draw(st.text(max_size=3)) + HEADER[end:]
    try:
        claim = claim_of(changed, BODY, SECRET, NOW)
    except SignatureRefused:
        return
    # Only what means nothing was changed: a space, or a part that is neither `t` nor `v0`.
    assert claim == claim_of(HEADER, BODY, SECRET, NOW)
    assert {f"t={NOW}", f"v0={SIGNATURE}"} <= {part.strip() for part in changed.split(",")}


@pytest.mark.parametrize(
    "header",
    [
        f"t={NOW}, v0={SIGNATURE}",
        f"v0={SIGNATURE},t={NOW}",
        f"t={NOW},v0={'0' * 64},v0={SIGNATURE}",
        f"t={NOW},v0={SIGNATURE},v0={'0' * 64}",
        f"t={NOW},v0=schlüssel,v0={SIGNATURE}",
        f"t={NOW},v1=other,v0={SIGNATURE},",
    ],
)
def test_however_it_is_written_an_event_has_one_name(header: str) -> None:
    assert claim_of(header, BODY, SECRET, NOW) == claim_of(HEADER, BODY, SECRET, NOW)


def test_events_have_different_names() -> None:
    headers = [signed(BODY, NOW), signed(BODY, NOW + 1)]
    names = {claim_of(header, BODY, SECRET, NOW) for header in headers}
    names.add(claim_of(signed(b"", NOW), b"", SECRET, NOW))
    assert len(names) == 3


def test_an_event_is_remembered_for_as_long_as_it_is_good() -> None:
    header = signed(BODY, NOW + TOLERANCE)
    assert claim_of(header, BODY, SECRET, NOW)
    with pytest.raises(SignatureRefused):
        claim_of(header, BODY, SECRET, NOW + REMEMBERED)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("", "the event is not signed: `ElevenLabs-Signature` is missing"),
        (SIGNATURE, "has not the form"),
        (f"v0={SIGNATURE}", "has not the form"),
        (f"t={NOW}", "has not the form"),
        (f"t={NOW},t={NOW},v0={SIGNATURE}", "has not the form"),
        (f"t={NOW}.0,v0={SIGNATURE}", "has not the form"),
        (f"t=-{NOW},v0={SIGNATURE}", "has not the form"),
        (f"t=\u0661,v0={SIGNATURE}", "has not the form"),
        (f"t={'9' * 5000},v0={SIGNATURE}", "has not the form"),
        (f"t={NOW},v0=", "is wrong"),
        (f"t={NOW},v0={SIGNATURE[:-1]}", "is wrong"),
        (f"t={NOW},v0={SIGNATURE.upper()}", "is wrong"),
        (f"t={NOW},v0=\udce9", "is wrong"),
        (f"t={NOW + 1},v0={SIGNATURE}", "is wrong"),
        (signed(BODY, NOW, "wsec_other"), "injector.webhooks.elevenlabs is not the secret"),
        (signed(BODY, NOW - 3600), "was signed 3600 s ago"),
        (signed(BODY, NOW + 3600), "was signed 3600 s in the future"),
    ],
)
def test_what_is_wrong_is_told_and_the_signature_is_not(header: str, why: str) -> None:
    with pytest.raises(SignatureRefused, match=why) as refused:
        claim_of(header, BODY, SECRET, NOW)
    assert SIGNATURE[:6] not in str(refused.value)
    assert SECRET not in str(refused.value)
    assert refused.value.http_status == 401


def test_without_a_secret_nothing_is_signed() -> None:
    with pytest.raises(ValueError, match="need a secret"):
        claim_of(signed(BODY, NOW, ""), BODY, "", NOW)
