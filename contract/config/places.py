"""Where a service listens, who stands before it, and where pictures are kept: texts as values.

An address    `127.0.0.1:8000`  `localhost:8000`  `[::1]:8000`  `0.0.0.0:80`; port 0: any free one
A network     `127.0.0.1`  `10.0.0.0/8`  `fd00::/8`
A store       `memory:`  `sqlite:PATH`  `redis://HOST:PORT/DB`  (`rediss://` with TLS)

Fails                     and why
`8000`, `:8000`           no host: whether others may reach it must be said
`::1:8000`                an IPv6 address stands in brackets
`127.0.0.1:70000`         no such port
`127.0.0.256:80`          looks like an IPv4 address and is none
`sqlite://x.db`           a path, not a URL: one slash more or less would mean another file
"""

import ipaddress
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from contract.errors import ConfigError

_ADDRESS = re.compile(r"(?:\[([^\[\]]+)\]|([^\[\]:\s]+)):([0-9]{1,5})")
_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")
_LAST_PORT = 65535
_USER = re.compile(r"(\w+:/*)?(?:([^:@/]*):)?.*@", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """A host, without brackets, and a TCP port; port 0 means any free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Return the address that `HOST:PORT` stands for.

        Raises:
            ConfigError: the host is missing or none, or the port is not between 0 and 65535.
        """
        found = _ADDRESS.fullmatch(text)
        if found is None or not (_is_ip6(found[1]) if found[1] else _is_host(found[2])):
            expected = "HOST:PORT such as 127.0.0.1:8000 or [::1]:8000"
            raise ConfigError(f"expected an address {expected}, not {text!r}")
        if int(found[3]) > _LAST_PORT:
            raise ConfigError(f"expected a port between 0 and 65535, not {found[3]}")
        return cls(found[1] or found[2], int(found[3]))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it (`localhost`: RFC 6761, section 6.3)."""
        try:
            ip = ipaddress.ip_address(self.host)
        except ValueError:
            return self.host.lower().removesuffix(".") == "localhost"
        mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
        return (mapped or ip).is_loopback


def _is_ip6(host: str) -> bool:
    try:
        return ipaddress.IPv6Address(host) is not None
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    """Tell whether this is an IPv4 address or a name; digits and dots alone are never a name."""
    try:
        return ipaddress.IPv4Address(host) is not None
    except ValueError:
        return _NAME.fullmatch(host) is not None and not re.fullmatch(r"[0-9.]+", host)


@dataclass(frozen=True, slots=True, repr=False)
class Store:
    """Where pictures are kept.

    `location` is empty for `memory`, a path for `sqlite`, and for `redis` the whole URL with its
    password. The texts of a store, `str` and `repr`, do not show the password.
    """

    kind: Literal["memory", "sqlite", "redis"]
    location: str = ""

    @classmethod
    def parse(cls, text: str) -> "Store":
        """Return the store that a text of config.yaml stands for.

        Raises:
            ConfigError: it is none of the three kinds, the path is missing, or the URL is no
                `redis://HOST:PORT/DB`. The message does not show a password.
        """
        scheme, _, rest = text.partition(":")
        if text == "memory:":
            return cls("memory")
        if scheme == "sqlite" and rest and not rest.startswith(("//", ":")):
            return cls("sqlite", rest)
        if scheme in {"redis", "rediss"} and _is_redis(text):
            return cls("redis", text)
        expected = "memory:, sqlite:PATH or redis://HOST:PORT/DB"
        raise ConfigError(f"expected a store, {expected}, not {without_password(text)!r}")

    def within(self, folder: Path) -> "Store":
        """Return the store with a relative path of SQLite made relative to `folder`."""
        if self.kind != "sqlite":
            return self
        return replace(self, location=str(folder / self.location))

    def __str__(self) -> str:
        if self.kind == "redis":
            return without_password(self.location)
        return f"{self.kind}:{self.location}"

    def __repr__(self) -> str:
        return f"Store({str(self)!r})"


def _is_redis(text: str) -> bool:
    try:
        url = urlsplit(text)
        port_is_one = url.port != 0  # reading `port` raises where it is no number up to 65535
    except ValueError:
        return False
    parts = not (url.query or url.fragment or re.search(r"\s", text))
    return bool(url.hostname) and port_is_one and parts and bool(re.fullmatch(r"/?|/\d+", url.path))


@dataclass(frozen=True, slots=True)
class Network:
    """Addresses that belong together, such as `10.0.0.0/8`; one address is a network too."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network

    @classmethod
    def parse(cls, text: str) -> "Network":
        """Return the network that a text of config.yaml stands for.

        Raises:
            ConfigError: it is no address, and no network whose host bits are zero.
        """
        try:
            return cls(ipaddress.ip_network(text))
        except ValueError as error:
            expected = "an address or a network such as 127.0.0.1 or 10.0.0.0/8"
            raise ConfigError(f"expected {expected}, not {text!r}: {error}") from None

    def __contains__(self, address: str) -> bool:
        """Tell whether an address is in it; a text that is no address is not."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
        return (mapped or ip) in self.network

    def __str__(self) -> str:
        """Return it as config.yaml writes it; one address without its length."""
        single = self.network.num_addresses == 1
        return str(self.network.network_address if single else self.network)


def without_password(text: str) -> str:
    """Return a URL, or what was meant for one, without anything in it that may be a password."""
    found = _USER.match(text)
    if found:
        user = f"{found[2]}:" if found[2] is not None else ""
        text = f"{found[1] or ''}{user}***@{text[found.end() :]}"
    return re.sub(r"\?.+", "?***", text, flags=re.DOTALL)
