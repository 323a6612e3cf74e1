"""The connections to the model's side: made, kept open between turns, and warmed.

A new connection costs two or three round trips before the first byte of a turn can leave, so one is
opened at start and kept. The one that was used last is used next: the others grow old and close.
"""

import asyncio
import socket
import ssl
from contextlib import suppress
from urllib.parse import urlsplit

import aiohappyeyeballs

from injector.upstream.connection import Connection
from injector.upstream.failure import ConnectionFailed

KEPT = 55.0
"""Seconds that a connection may wait for its next turn. Load balancers close after 60 and more; one
that is closed in the same instant in which a turn is sent costs that turn a repeat."""

_MANY = 100  # connections that wait; a burst of turns must not hold its connections for ever
_HAPPY_EYEBALLS = 0.25  # seconds, RFC 8305, section 5
_CALM = 1.0  # seconds between two attempts to warm a connection


class NoConnection(ConnectionFailed):
    """No connection can be made; the message says why."""

    kind = "connect refused"


class TooSlow(ConnectionFailed):
    """No connection was made in time."""

    kind = "connect timeout"


class Pool:
    """Connections to one server.

    Args:
        base_url: its scheme, host and port; the path is not used here.
        connect_timeout: seconds for one attempt to connect, TLS included.
    """

    def __init__(self, base_url: str, connect_timeout: float) -> None:
        parts = urlsplit(base_url)
        self._host = parts.hostname or ""
        self._is_tls = parts.scheme == "https"
        self._port = parts.port or (443 if self._is_tls else 80)
        self._tls = _tls() if self._is_tls else None
        self._connect_timeout = connect_timeout
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._is_wanted = asyncio.Event()

    def warm(self) -> None:
        """Keep one connection open from now on. To be called in the running loop."""
        self._is_wanted.set()
        self._keeper = asyncio.create_task(self._keep_warm(), name="warm connection")

    async def close(self) -> None:
        """Close all connections."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        for connection in list(self._all):
            connection.abort()

    def kept(self) -> Connection | None:
        """Return a connection that is open already, or None."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable and self._age(connection) < KEPT:
                return connection
            connection.abort()
        return None

    async def connect(self) -> Connection:
        """Open a connection.

        Raises:
            NoConnection: nobody listens there, the name is unknown, or TLS fails.
            TooSlow: it took longer.
        """
        try:
            async with asyncio.timeout(self._connect_timeout):
                return await self._connect()
        except TimeoutError:
            raise TooSlow(f"no connection within {self._connect_timeout:g} s") from None
        # A name that nobody has and a failed TLS handshake are OSErrors; one that cannot be a name
        # is a UnicodeError, and uvloop has RuntimeErrors of its own.
        except (OSError, UnicodeError, RuntimeError) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise NoConnection(f"cannot be reached ({why})") from error

    def give_back(self, connection: Connection) -> None:
        """Take a connection whose exchange is over; one that can serve again is kept."""
        connection.release()
        if connection.is_usable:
            if len(self._idle) < _MANY:
                self._idle.append(connection)
            else:
                connection.abort()

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        made = await aiohappyeyeballs.start_connection(
            found, happy_eyeballs_delay=_HAPPY_EYEBALLS, loop=loop
        )
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        begun: list[Connection] = []

        def begin() -> Connection:
            begun.append(Connection(loop, self._lost))
            return begun[0]

        try:
            _, connection = await loop.create_connection(
                begin,
                sock=made,
                ssl=self._tls,
                server_hostname=self._host if self._is_tls else None,
            )
        except BaseException:
            # Once it has begun, the socket is the transport's: closed behind its back, its number
            # is that of the next socket, which asyncio would then take the transport's end for.
            (begun[0].abort if begun else made.close)()
            raise
        self._all.add(connection)
        return connection

    def _lost(self, connection: Connection) -> None:
        self._all.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._is_wanted.set()

    def _age(self, connection: Connection) -> float:
        return asyncio.get_running_loop().time() - connection.used_at

    async def _keep_warm(self) -> None:
        """Open a connection whenever none waits, and close those that have waited too long."""
        while True:
            for connection in [one for one in self._idle if self._age(one) >= KEPT]:
                connection.abort()
            if not self._all:
                with suppress(ConnectionFailed):  # a turn will say so; here nobody listens
                    self._idle.append(await self.connect())
            self._is_wanted.clear()
            await asyncio.sleep(_CALM)
            with suppress(TimeoutError):
                async with asyncio.timeout(KEPT / 4):
                    await self._is_wanted.wait()


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
