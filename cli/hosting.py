"""`sightline rehearse --listen`: the rehearsal platform as a service, and what is printed of it."""

from collections.abc import Sequence
from contextlib import suppress

from rich.text import Text

from capture.show.console import Screen
from cli import service
from cli.talking import print_said, print_turn
from contract.config import Address
from contract.readable import readable_line
from rehearsal.call import Turn
from rehearsal.payload import Agent

_NORMAL = (1000, 1001, 1005)  # how a client leaves that leaves on purpose


class Printed:
    """Prints each conversation and each turn as it happens (`rehearsal.convai.watching`).

    Where nothing can be printed any more, as when nobody reads the pipe, the conversations go on.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._names: dict[str, str] = {}
        self._count = 0

    def started(self, conversation_id: str, agent_id: str, *, is_voice: bool) -> None:
        """Print who talks to whom, under a number."""
        self._count += 1
        self._names[conversation_id] = name = f"call {self._count}"
        how = "voice" if is_voice else "text"
        self._print(name, f"{conversation_id}  agent {agent_id}, {how}")

    def turned(self, conversation_id: str, turn: Turn) -> None:
        """Print a turn."""
        with suppress(OSError):
            print_turn(self._screen, self._names[conversation_id], turn)
            self._screen.file.flush()

    def unanswered(self, conversation_id: str, said: str) -> None:
        """Print what the person said in a turn that had no whole answer."""
        with suppress(OSError):
            print_said(self._screen, self._names[conversation_id], said)
            self._screen.file.flush()

    def interrupted(self, conversation_id: str, spoken: str) -> None:
        """Print what was heard of an answer."""
        heard = f"after: {readable_line(spoken)}" if spoken else "before its first word"
        self._print(self._names[conversation_id], f"interrupted {heard}")

    def ended(self, conversation_id: str, code: int | None, reason: str) -> None:
        """Print how a conversation ended."""
        said = f": {readable_line(reason)}" if reason else ""
        style = "dim" if code in _NORMAL else "red"
        self._print(self._names.pop(conversation_id), f"is over ({code or 1006}){said}", style)

    def _print(self, name: str, text: str, style: str = "dim") -> None:
        with suppress(OSError):
            self._screen.print(Text.assemble((f"{name:<6} ", "bold"), (text, style)))
            self._screen.file.flush()


def host(
    listen: Address, endpoint: str, agent: Agent, lines: Sequence[str], cascade_timeout: float
) -> None:
    """Serve the rehearsal platform until this process is told to stop.

    Raises:
        UsageError: the address is taken or is not this machine's.
    """
    from rehearsal.convai.app import create_app

    screen = Screen()
    screen.print(
        f"This is a rehearsal, not ElevenLabs; every turn asks {endpoint}. Open the address below "
        "to see how a page or a program connects, or give it to Sightline's page as the rehearsal."
    )
    screen.file.flush()
    service.run(
        lambda: create_app(
            endpoint, agent, lines=lines, cascade_timeout=cascade_timeout, watcher=Printed(screen)
        ),
        listen,
        "sightline rehearse",
    )
