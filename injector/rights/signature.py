"""Events that ElevenLabs signs: `ElevenLabs-Signature: t=<unix seconds>,v0=<hexadecimal>`. Pure.

The signature is HMAC-SHA256(secret, "<t>.<body as it came>"). The form, and the 30 minutes for
which a signature is good, are those of the platform's documentation and of its own SDK
(`webhooks.construct_event`), which also looks whether an event is from the past only; here one from
the future is refused as well. Several `v0` are allowed, as while a secret is exchanged for another.
"""

import hashlib
import hmac
import re

from contract.errors import SignatureRefused

HEADER = "ElevenLabs-Signature"
TOLERANCE = 30 * 60
"""Seconds between an event's signature and now, in both directions."""

REMEMBERED = 2 * TOLERANCE + 60
"""Seconds for which an event must be remembered, so that it counts once: while it is good."""

_MOMENT = re.compile(r"[0-9]{1,12}", re.ASCII)


class Signed:
    """An event whose signature is checked as it comes, so that nobody need hold all of it.

    Args:
        header: what came as `ElevenLabs-Signature`; empty where nothing did.
        secret: injector.webhooks.elevenlabs.

    Raises:
        SignatureRefused: the header is missing, or has another form.
        ValueError: the secret is empty.
    """

    def __init__(self, header: str, secret: str) -> None:
        if not secret:
            raise ValueError("signatures need a secret")
        self._moment, self._signatures = _parts(header)
        self._due = hmac.new(secret.encode(), f"{self._moment}.".encode(), hashlib.sha256)

    def update(self, piece: bytes) -> None:
        """Take the next piece of the body, byte for byte."""
        self._due.update(piece)

    def claim(self, now: float) -> str:
        """Return the name under which the event is claimed, once all of its body has come.

        The same event has the same name, whatever else was written into its header.

        Args:
            now: seconds since the epoch.

        Raises:
            SignatureRefused: the signature is wrong, or of another time.
        """
        due = self._due.hexdigest().encode()
        # All are compared, in constant time, whichever is right.
        sent = [one.encode(errors="replace") for one in self._signatures]
        right = [hmac.compare_digest(one, due) for one in sent]
        if not any(right):
            raise SignatureRefused(
                f"the signature in `{HEADER}` is wrong: the body was changed on the way, or "
                "injector.webhooks.elevenlabs is not the secret of this webhook"
            )
        _check_time(int(self._moment) - now)
        return f"elevenlabs:{due.decode()}"


def _parts(header: str) -> tuple[str, list[str]]:
    """Return the moment as it is written, and every signature."""
    if not header:
        raise SignatureRefused(f"the event is not signed: `{HEADER}` is missing")
    pairs = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in pairs if name == "t"]
    signatures = [value for name, _, value in pairs if name == "v0"]
    if len(moments) != 1 or not _MOMENT.fullmatch(moments[0]) or not signatures:
        raise SignatureRefused(f"`{HEADER}` has not the form t=SECONDS,v0=HEXADECIMAL")
    return moments[0], signatures


def _check_time(ahead: float) -> None:
    if abs(ahead) > TOLERANCE:
        when = "in the future" if ahead > 0 else "ago"
        raise SignatureRefused(
            f"the event was signed {abs(ahead):.0f} s {when}; at most {TOLERANCE // 60} minutes "
            "are allowed: look at this machine's clock, and send the event anew"
        )
