"""The model's side: one request, its first byte, and what may go wrong before that.

The connection is kept open between turns. Nothing is decompressed: whatever coding the client
accepts is passed on, and the bytes come back as they are.
"""

import asyncio
import io
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from multidict import CIMultiDict, CIMultiDictProxy

from contract.config import Upstream as UpstreamConfig
from contract.errors import UpstreamFailed, UpstreamTimeout

PASSED_ON = (
    "Accept",
    "Accept-Encoding",
    "Content-Type",
    "Idempotency-Key",
    "OpenAI-Beta",
    "OpenAI-Organization",
    "OpenAI-Project",
)
"""The request headers that reach the model's side; the rest is between the platform and us."""


_LARGE = 1 << 20


class Answer:
    """An answer whose first piece has come. Leaving the block lets go of the connection.

    Args:
        response: the answer.
        first: its first piece, empty if the body is.
        idle_timeout: seconds to wait for each further piece.
    """

    def __init__(self, response: ClientResponse, first: bytes, idle_timeout: float) -> None:
        self.response = response
        self._first = first
        self._idle_timeout = idle_timeout

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body in the pieces in which it comes.

        Raises:
            ClientError: the model's side broke off.
            TimeoutError: it has fallen silent.
        """
        piece = self._first
        while piece:
            yield piece
            # aiohttp's own timeout ends with the connection, and after chunked coding that cannot
            # be read nobody is told that there is none any more.
            async with asyncio.timeout(self._idle_timeout):
                piece = await self.response.content.readany()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Only an answer that was read to its end leaves a connection that can serve again; `close`
        # on any other ends the model's work for a client that has left.
        if self.response.content.at_eof():
            self.response.release()
        else:
            self.response.close()


def _payload(body: bytes | None) -> bytes | io.BytesIO | None:
    """Return a body as aiohttp wants it: it warns of large bytes, which it copies at once."""
    return io.BytesIO(body) if body is not None and len(body) > _LARGE else body


class Upstream:
    """A client of the model's side that lives as long as the endpoint.

    Args:
        config: address, key and timeouts.
        pass_authorization: whether the client's own key is passed on where none is configured.
    """

    def __init__(self, config: UpstreamConfig, *, pass_authorization: bool) -> None:
        self._config = config
        self._pass_authorization = pass_authorization
        self._session = ClientSession(
            connector=TCPConnector(limit=0, keepalive_timeout=60),
            timeout=ClientTimeout(
                total=None, sock_connect=config.connect_timeout, sock_read=config.idle_timeout
            ),
            auto_decompress=False,
            cookie_jar=DummyCookieJar(),  # a cookie of one turn is nothing to the next
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def ask(
        self, method: str, route: str, headers: CIMultiDictProxy[str], body: bytes | None = None
    ) -> Answer:
        """Send a request to `route` below the base URL and wait for the answer's first piece.

        Raises:
            UpstreamFailed: nobody listens there, or the connection broke before the first piece.
            UpstreamTimeout: no connection, or no first piece, in the configured time.
        """
        url = self._config.base_url.rstrip("/") + route
        try:
            async with asyncio.timeout(self._config.first_byte_timeout):
                try:
                    return await self._ask(method, url, self._headers(headers), body)
                except (ClientConnectorError, ConnectionTimeoutError):
                    raise
                except (ServerDisconnectedError, ClientOSError):
                    # A kept connection that the other side was just closing; aiohttp tries a POST
                    # no second time, and nothing has come back yet.
                    return await self._ask(method, url, self._headers(headers), body)
        except ConnectionTimeoutError:
            raise UpstreamTimeout(
                f"no connection to the model's side at {self._config.base_url} within "
                f"{self._config.connect_timeout:g} s (injector.upstream.connect_timeout)"
            ) from None
        except TimeoutError:
            raise UpstreamTimeout(
                f"the model's side at {self._config.base_url} said nothing within "
                f"{self._config.first_byte_timeout:g} s (injector.upstream.first_byte_timeout)"
            ) from None
        except ClientConnectorError as error:
            raise UpstreamFailed(
                f"the model's side cannot be reached at {self._config.base_url} "
                f"({error.strerror or error.os_error}); check injector.upstream.base_url"
            ) from error
        except ClientError as error:
            raise UpstreamFailed(
                f"the model's side at {self._config.base_url} broke off before its answer: {error}"
            ) from error

    async def _ask(
        self, method: str, url: str, headers: CIMultiDict[str], body: bytes | None
    ) -> Answer:
        response = await self._session.request(
            method, url, data=_payload(body), headers=headers, allow_redirects=False
        )
        try:
            first = await response.content.readany()
        except BaseException:
            response.close()
            raise
        return Answer(response, first, self._config.idle_timeout)

    def _headers(self, headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
        passed = CIMultiDict((name, headers[name]) for name in PASSED_ON if name in headers)
        passed.setdefault("Accept-Encoding", "identity")
        if self._config.api_key:
            passed["Authorization"] = f"Bearer {self._config.api_key}"
        elif self._pass_authorization and "Authorization" in headers:
            passed["Authorization"] = headers["Authorization"]
        return passed
