"""An answer that has begun: its head, what was held back of it, and the rest as it comes."""

from collections.abc import AsyncIterator, Callable

from injector.upstream.connection import Connection
from injector.upstream.hearing import Head
from injector.upstream.pool import Pool


class Answer:
    """An answer of the model's side. `close` must be called, however far it was read.

    Args:
        head: status and headers.
        held: the pieces of the body that have come already.
        connection: gives the rest.
        pool: takes the connection back.
    """

    def __init__(self, head: Head, held: list[bytes], connection: Connection, pool: Pool) -> None:
        self.head = head
        self._held = held
        self._connection = connection
        self._pool = pool
        self._is_closed = False

    async def pieces(
        self, idle_timeout: float, on_stuck: Callable[[], None]
    ) -> AsyncIterator[bytes]:
        """Yield the body in the pieces in which it comes.

        Args:
            idle_timeout: seconds to wait for each further piece.
            on_stuck: is called where a piece is not taken for as long.

        Raises:
            ConnectionFailed: the model's side broke off, or has fallen silent.
        """
        self._connection.watch(idle_timeout, on_stuck)
        held = b"".join(self._held)
        self._held = []
        if held:
            yield held
        while piece := await self._connection.piece():
            yield piece

    @property
    def is_over(self) -> bool:
        """Whether the piece that was yielded last is known to be the last."""
        return self._connection.is_read

    def close(self) -> None:
        """Let go of the connection; what was not read to its end ends the model's work."""
        if not self._is_closed:  # a second time, the connection may be another turn's
            self._is_closed = True
            self._pool.give_back(self._connection)
