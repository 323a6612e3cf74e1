"""A seat for a child: there is one in it when a picture comes, and another when that one has died.

Who pays for a child that dies: the picture that it was decoding, and no other. One that died with
nothing to do, or before it had the whole of a picture, is replaced and the picture asked again.
"""

import logging
import re
import signal

from contract.errors import Busy, NotAPicture, RequestError, TooLarge
from injector.decoding.child import Child, Died, Task
from injector.decoding.outcome import Decoded
from injector.decoding.sent import Sent
from injector.discreet import Discreet

log = logging.getLogger("sightline.injector")

PICTURES = 100
"""So many pictures a child decodes, and then it ends: what leaks in a decoder never grows large,
and a child that a picture has taken over does not see others for ever."""

_ATTEMPTS = 2
_CRASHES = {
    signal.SIGSEGV,
    signal.SIGBUS,
    signal.SIGABRT,
    signal.SIGFPE,
    signal.SIGILL,
}
_discreet = Discreet()
_WHERE = re.compile(r'^(?:Fatal Python error: .*|  File "[^"]*", line \d+ in .*)$', re.MULTILINE)
"""What may be logged of a crash: its place. Decoders also complain, in a picture's own words."""


class Seat:
    """A child, once it is needed, and the next one after it."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._child: Child | None = None

    @property
    def is_used(self) -> bool:
        """Whether the child has seen a picture."""
        return self._child is not None and self._child.answered > 0

    async def ready(self) -> Child:
        """Return a child that can be asked; start one where there is none.

        Raises:
            Busy: none can be started.
        """
        if self._child is not None and self._child.is_alive:
            return self._child
        await self.clear()
        try:
            self._child = Child(self._task)
            await self._child.ready()
        except (OSError, Died) as error:
            said = _discreet(self._child.spoken) if self._child else ""
            await self.clear()
            log.error("no decoder for pictures can be started: %s %s", error, said)  # noqa: TRY400
            raise _no_decoder() from None
        return self._child

    async def ask(self, number: int, sent: Sent) -> Decoded | RequestError:
        """Return what became of a picture.

        Raises:
            Busy: no child can be started, or it is gone before it has the picture, again and again.
        """
        for _ in range(_ATTEMPTS):
            child = await self.ready()
            try:
                return await child.ask(number, sent)
            except Died as died:
                code = await child.end()
                self._child = None
                error = _blamed(child, code, died, len(sent.data))
                if died.had_begun:
                    return error
        raise _no_decoder()

    async def tidy(self) -> None:
        """End a child that has done its share."""
        if self._child is not None and self._child.answered >= PICTURES:
            await self.clear()

    async def clear(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            await self._child.end()
            self._child = None  # only now: if this is cancelled, it is still known


def _blamed(child: Child, code: int, died: Died, size: int) -> RequestError:
    """Log how a child died, and return what that means for its picture."""
    how = "hung" if child.is_stuck else _named(code)
    log.warning(
        "a decoder (pid %d) %s on a picture of %d bytes and is replaced: %s %s",
        child.pid,
        how,
        size,
        died,
        " ".join(_WHERE.findall(child.spoken)),
    )
    if -code in _CRASHES:
        return NotAPicture("the picture cannot be decoded: the decoder breaks off", param="image")
    return TooLarge("the picture takes too much work to decode; send a smaller one", param="image")


def _named(code: int) -> str:
    if code == -signal.SIGPROF:
        return "took too long"
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"


def _no_decoder() -> Busy:
    return Busy("no decoder for pictures can be started; try again in a moment", retry_after=1)
