"""Questions of an event loop, answered in turn on a thread of their own.

The same as an executor with one thread, but the way there and back is shorter: no second future
stands between the thread and the loop.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from contract.errors import StoreFailed

Answer = TypeVar("Answer")


class Desk:
    """A thread that answers one question after the other.

    It ends with the process: a disk that hangs does not keep the process alive.
    """

    def __init__(self, name: str) -> None:
        self._asked: SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any]] | None]
        self._asked = SimpleQueue()
        self._closed = False
        Thread(target=self._work, name=name, daemon=True).start()

    def ask(self, question: Callable[[], Answer]) -> asyncio.Future[Answer]:
        """Return what the question will have returned or raised.

        A question whose answer nobody awaits any more when its turn comes is not answered.

        Raises:
            StoreFailed: the desk is closed.
        """
        if self._closed:
            raise StoreFailed("the store of pictures is closed")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked.put((question, future))
        return future

    def close(self) -> None:
        """End the thread, once it has answered what has been asked so far."""
        self._closed = True
        self._asked.put(None)

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            question, future = asked
            if future.cancelled():
                continue
            answer, error = None, None
            try:
                answer = question()
            except BaseException as raised:  # noqa: BLE001 - whoever asked will see it
                error = raised
            with suppress(RuntimeError):  # the loop is closed, and nobody waits
                future.get_loop().call_soon_threadsafe(_settle, future, answer, error)
            del asked, question, future, answer, error


def _settle(future: asyncio.Future[Any], answer: object, error: BaseException | None) -> None:
    if future.done():  # whoever asked has left
        return
    if error is None:
        future.set_result(answer)
    else:
        future.set_exception(error)
