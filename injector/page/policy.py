"""What a browser may do for the page, and what it may not. Pure.

Scripts and styles come from the endpoint alone, audio worklets too. The page may speak with the
endpoint, with ElevenLabs, with what the configuration names, and, where the endpoint itself is on
this machine only, with anything else on it, such as a rehearsal whose address somebody types.

A source of a policy cannot be an IPv6 address (CSP 3, section 2.3.1), so what is configured by one
is not reached.
"""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from contract.config import Injector

PLATFORM = (
    "api.elevenlabs.io",
    "api.us.elevenlabs.io",
    "api.eu.residency.elevenlabs.io",
    "api.in.residency.elevenlabs.io",
    "api.sg.residency.elevenlabs.io",
)
"""The hosts that ElevenLabs documents as the servers of its API; not tried with an account."""

_LOOPBACK = ("ws://127.0.0.1:*", "ws://localhost:*", "http://127.0.0.1:*", "http://localhost:*")

_CLOSED = ("base-uri", "form-action", "frame-ancestors")
_SOCKET = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_PLAIN = {"ws": "http", "wss": "https", "http": "http", "https": "https"}

SAFE = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
}
"""What each answer carries that belongs to the page, beside its policy."""


def policy(injector: Injector) -> str:
    """Return the `Content-Security-Policy` of the page."""
    return written(
        {
            "default-src": ["'none'"],
            "script-src": ["'self'"],
            "style-src": ["'self'"],
            "font-src": ["'self'"],
            "img-src": ["'self'", "blob:", "data:"],
            "media-src": ["blob:"],
            "manifest-src": ["'self'"],
            "connect-src": dict.fromkeys(_reached(injector)),
        }
    )


def written(sources: Mapping[str, Iterable[str]]) -> str:
    """Return a policy; nothing may frame the page, nor send its forms or its links elsewhere."""
    told = [f"{name} {' '.join(allowed)}" for name, allowed in sources.items()]
    return "; ".join([*told, *(f"{name} 'none'" for name in _CLOSED)])


def _reached(injector: Injector) -> Iterator[str]:
    yield "'self'"
    for host in PLATFORM:
        yield f"https://{host}"
        yield f"wss://{host}"
    for address in (injector.page.signed_url, injector.page.rehearsal):
        yield from _origins(address)
    if injector.listen.is_loopback:
        yield from _LOOPBACK


def _origins(address: str | None) -> Iterator[str]:
    """Yield where a service is, for HTTP and for WebSockets: it may have to be reached by both."""
    if address is None:
        return
    parts = urlsplit(address)
    for scheme in (_PLAIN[parts.scheme], _SOCKET[parts.scheme]):
        yield f"{scheme}://{parts.netloc.lower()}"
