"""Questions to the server and their answers. The door to the package `redis`.

**An answer never reaches another question.** A turn that is cancelled while its answer is on the
way must not leave a connection behind on which that answer is the next that somebody reads. Three
things see to that, each enough by itself:

- No question is ever broken off: it is asked in a task of its own, which ends by its answer or its
  timeout, whoever waits for it.
- The package closes a connection on which anything goes wrong, and looks whether something is left
  in an idle one. (It once did not always: redis-py, issues 2624 and 2665.)
- Each script begins its answer with what it was asked with. What begins otherwise is thrown away,
  and so are the connections.
"""

import asyncio
import itertools
import secrets
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from contract.errors import StoreFailed
from injector.store.redis.failures import failed
from injector.store.redis.scripts import Script

PREFIX = "{sightline}:"
"""What every key begins with. The braces keep all keys on one node of a cluster."""

Sent: TypeAlias = str | bytes | int
Answer: TypeAlias = list[Any]
Told = TypeVar("Told")

_FOLLOWED = 3  # nodes of a cluster that are asked in turn, each naming the next
_FINAL = (
    exceptions.AuthenticationError,
    exceptions.AuthorizationError,
    exceptions.BusyLoadingError,
    exceptions.MaxConnectionsError,
)  # after these, asking again at once is of no use


class Line:
    """A few connections to a server, opened when they are needed and kept open.

    Args:
        url: `redis://` or `rediss://` (TLS), with user and password where they are needed.
        timeout: seconds for opening a connection, and again for the answer.
        connections: how many there are at most; who comes later waits for one.

    `where` is the host and port that are asked.
    """

    def __init__(self, url: str, timeout: float, connections: int) -> None:
        self._url = url
        self._timeout = timeout
        self._connections = connections
        self._names = (f"{secrets.token_hex(6)}.{number}" for number in itertools.count())
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._moved = False
        self._left: list[Redis] = []
        self._connect(url)

    async def run(self, script: Script, key: str | bytes, *arguments: Sent) -> Answer:
        """Run a script; return its answer without what it begins with.

        Whoever is cancelled meanwhile leaves the script to itself.

        Raises:
            StoreFailed: the server cannot be reached, is silent, refuses, or is confused.
        """
        name = next(self._names)
        sent = (b"1", PREFIX.encode() + _bytes(key), name, PREFIX, *arguments)
        return await self._by_itself(self._run(script, name, tuple(map(_bytes, sent))))

    async def info(self) -> dict[str, Any]:
        """Return what the server says of itself (INFO).

        Raises:
            StoreFailed: as for `run`.
        """
        return dict(await self._by_itself(self._ask("INFO")))

    async def scan(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        """Return the next cursor, 0 at the end, and some of our keys, without their prefix.

        Raises:
            StoreFailed: as for `run`.
        """
        asked = self._ask("SCAN", cursor, "MATCH", f"{PREFIX}*", "COUNT", count)
        following, keys = await self._by_itself(asked)
        return int(following), [key.removeprefix(PREFIX.encode()) for key in keys]

    async def close(self) -> None:
        """Close all connections, once every question has its answer or its timeout."""
        self._closed = True
        if self._under_way:
            await asyncio.wait(self._under_way)
        for redis in (*self._left, self._redis):
            await _hang_up(redis)

    async def _by_itself(self, asking: Coroutine[Any, Any, Told]) -> Told:
        """Return what a question is answered with, which nobody can break off."""
        if self._closed:
            asking.close()
            raise StoreFailed("the store of pictures is closed")
        task = asyncio.create_task(_outcome(asking))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        outcome = await asyncio.shield(task)
        if isinstance(outcome, _Raised):
            raise outcome.error
        return outcome

    async def _run(self, script: Script, name: str, values: tuple[bytes, ...]) -> Answer:
        try:
            answer = await self._ask("EVALSHA", script.sha, *values)
        except _Unknown:
            answer = await self._ask("EVAL", script.text, *values)
        if not isinstance(answer, list) or not answer or answer[0] != name.encode():
            await _hang_up(self._redis)
            raise StoreFailed(
                f"Redis at {self.where} answered another question than the one that was asked; "
                "the answer is thrown away, and so are the connections"
            )
        return answer[1:]

    async def _ask(self, *command: Any) -> Any:
        """Ask, once more where the connection broke, and elsewhere where a cluster says so.

        Every script may run twice: the second run finds what the first has done, and says the same.
        """
        broken = False
        for _ in range(_FOLLOWED):
            try:
                return await self._redis.execute_command(*command)  # type: ignore[no-untyped-call]
            except exceptions.NoScriptError as error:
                raise _Unknown from error
            except exceptions.ConnectionError as error:
                where = self.where
                await self._return()
                if broken or isinstance(error, _FINAL):
                    raise failed(error, where) from error
                broken = True
            except (exceptions.RedisError, OSError) as error:
                target = _moved_to(error)
                if target is None:
                    raise failed(error, self.where) from error
                await self._follow(*target)
        raise StoreFailed(f"the cluster that Redis at {self.where} belongs to is being rearranged")

    def _connect(self, url: str) -> None:
        target = urlsplit(url)
        self.where = target.netloc.rpartition("@")[2]
        tls = {"ssl_check_hostname": True} if target.scheme == "rediss" else {}
        self._redis = Redis(
            connection_pool=BlockingConnectionPool.from_url(
                url,
                max_connections=self._connections,
                timeout=self._timeout,
                socket_timeout=self._timeout,
                socket_connect_timeout=self._timeout,
                socket_keepalive=True,
                retry=Retry(NoBackoff(), 0),
                protocol=2,
                **tls,
            )
        )

    async def _follow(self, host: str, port: int) -> None:
        """Ask the node of the cluster that has our keys from now on."""
        target = urlsplit(self._url)
        user, at, _ = target.netloc.rpartition("@")
        named = f"[{host}]" if ":" in host else host or target.hostname
        if self.where != f"{named}:{port}":
            self._moved = True
            await self._change(target._replace(netloc=f"{user}{at}{named}:{port}").geturl())

    async def _return(self) -> None:
        """Ask the configured node again, where another one cannot be reached."""
        if self._moved:
            self._moved = False
            await self._change(self._url)

    async def _change(self, url: str) -> None:
        before = self._redis
        self._left.append(before)  # there may be questions under way on it
        self._connect(url)
        await _hang_up(before)


async def _hang_up(redis: Redis) -> None:
    """Close the connections on which nothing is under way."""
    with suppress(exceptions.RedisError, OSError):  # what is broken is closed as well
        await redis.connection_pool.disconnect(inuse_connections=False)


class _Unknown(Exception):
    """The server does not remember a script."""


def _moved_to(error: Exception) -> tuple[str, int] | None:
    """Return the node of a cluster that an error names; redis-py 5 has no class for it here."""
    if isinstance(error, exceptions.MovedError):
        return error.host, error.port
    word, *told = str(error).split()[:3] or [""]
    if word != "MOVED" or not told:
        return None
    host, _, port = told[-1].rpartition(":")
    return host, int(port)


@dataclass(frozen=True, slots=True)
class _Raised:
    error: Exception


async def _outcome(asking: Coroutine[Any, Any, Told]) -> Told | _Raised:
    """Return an answer or an error as a value: whoever still waits will raise it."""
    try:
        return await asking
    except Exception as error:  # noqa: BLE001 - nothing is swallowed
        return _Raised(error)


def _bytes(value: Sent) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
