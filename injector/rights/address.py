"""Who is asking, behind proxies: an address, and the scheme that the client sees. Pure.

Only what a proxy in `injector.trusted_proxies` says is believed. `X-Forwarded-For` is read from its
right end, where the proxy next to us wrote: the client is the first there that is no trusted proxy;
what stands further left is what that client wrote itself. `X-Forwarded-Proto` is believed in its
last word. A value that is no address, such as `unknown`, ends the reading: whoever stands behind it
is counted as the proxy that wrote it.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contract.config import Network

SOCKET = "127.0.0.1"
"""What a peer without an address counts as: a Unix socket is reached from this machine only."""

_WRITTEN = re.compile(
    r"""(?:for=)?"?                          # as in RFC 7239, which some write here too
    (?: \[ (?P<brackets>[^\[\]"]+) \]        # an IPv6 address in brackets
      | (?P<four>[0-9.]+)
      | (?P<six>[0-9a-f:.%]+?) )
    (?: (?<=[\].0-9]) : [0-9]{1,5} )?        # a port
    "?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Client:
    """Who is asking. `address` is an IP address as text, or what the peer is called."""

    address: str
    scheme: str

    @property
    def counted_as(self) -> str:
        """Whom rates count: an IPv6 client has a whole /64 for itself (RFC 6177)."""
        ip = _ip(self.address)
        if isinstance(ip, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((int(ip) >> 64 << 64, 64)))
        return self.address


def client(
    peer: str | None,
    scheme: str,
    *,
    forwarded_for: Iterable[str] = (),
    forwarded_proto: Iterable[str] = (),
    trusted: Sequence[Network] = (),
) -> Client:
    """Return who is asking.

    Args:
        peer: the address at the other end of the connection; None for a Unix socket.
        scheme: that of the connection.
        forwarded_for: each `X-Forwarded-For`, in the order in which they came.
        forwarded_proto: likewise.
        trusted: the proxies that are believed.
    """
    address = _plain(peer or SOCKET) or str(peer)
    if not _is_trusted(address, trusted):
        return Client(address, scheme)
    told = _last(forwarded_proto).lower()
    return Client(
        _behind(address, forwarded_for, trusted), told if told in {"http", "https"} else scheme
    )


def _behind(proxy: str, forwarded_for: Iterable[str], trusted: Sequence[Network]) -> str:
    address = proxy
    for written in reversed(",".join(forwarded_for).split(",")):
        told = _plain(written.strip())
        if told is None:
            return address
        address = told
        if not _is_trusted(address, trusted):
            return address
    return address


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _last(values: Iterable[str]) -> str:
    return ",".join(values).rpartition(",")[2].strip()


def _plain(written: str) -> str | None:
    """Return an address without port, brackets and zone, in its shortest form; None if it is none.

    An IPv4 address in the form of an IPv6 address is the IPv4 address.
    """
    ip = _ip(written)
    if ip is None and (found := _WRITTEN.fullmatch(written)):
        ip = _ip(found["brackets"] or found["four"] or found["six"] or "")
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.IPv6Address(int(ip)))
    return None if ip is None else str(ip)


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
