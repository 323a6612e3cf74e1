"""Pictures are prepared in child processes: bounded, off the event loop, and none disturbs a turn.

Whoever sends a picture chooses its bytes, and decoders are C code that was not written against
malice: one may take a minute, all the memory, or the process down. So each picture is decoded in a
child that has little to lose: bounded memory and time, the lowest claim on the processor, no secret
in its environment. What goes wrong there costs that picture an error, and nobody else anything.

pool          so many children at most; the pictures that wait, first come, first served
  seat        a child that is there when a picture comes, and another when it has died
    child     one child as its parent sees it: started, asked, watched, ended
      channel messages to it and from it, in pieces
      pulse   whether a child works or hangs
  sent        what arrived, and the picture's bytes in it                                   pure
  outcome     what became of a picture, as it crosses from the child                        pure
  frames      messages on the way: numbered, with their sizes before them                   pure
__main__      the child: asked, and answering, one picture after another
  limits      what a child may take of the machine, and what is left of a picture in it: nothing

Names of this package come when they are asked for: the child needs neither aiohttp nor asyncio.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from injector.decoding.outcome import Decoded
    from injector.decoding.pool import DECODED_AT_ONCE, DECODERS, Decoders
    from injector.decoding.sent import Sent

__all__ = ["DECODED_AT_ONCE", "DECODERS", "Decoded", "Decoders", "Sent"]

_ROOMS = {"Decoded": "outcome", "Sent": "sent"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS.get(name, 'pool')}"), name)
