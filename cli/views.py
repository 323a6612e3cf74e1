"""The three views of `sightline show`: everything, a line each, and conversations."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from rich.text import Text

from capture.show.choosing import Numbered, ids_of
from capture.show.console import render_exchange
from capture.show.listing import headings, layout, render_line
from capture.show.screen import Screen
from capture.show.talk import render_opening, render_turn
from capture.show.transcript import transcript
from contract.fieldpath import FieldPath

if TYPE_CHECKING:
    from capture.sessions import Session


class View(Protocol):
    """A way to show exchanges; what has come before need not be shown again."""

    def show(
        self, chosen: Sequence[Numbered], every: Sequence[Numbered], found: "Sequence[Session]", /
    ) -> None:
        """Print what was chosen, of all exchanges and the conversations found in them."""


class Whole:
    """Everything: request line, headers, body, answer."""

    def __init__(self, screen: Screen, hits: re.Pattern[str] | None) -> None:
        self._screen = screen
        self._hits = hits

    def show(
        self, chosen: Sequence[Numbered], _every: Sequence[Numbered], _found: "Sequence[Session]", /
    ) -> None:
        """Print each exchange."""
        for it in chosen:
            self._screen.print(
                render_exchange(it.number, it.exchange, session=it.session, hits=self._hits)
            )


class Lines:
    """One line for each exchange; on a terminal with headings, and cut at its width."""

    def __init__(
        self, screen: Screen, hits: re.Pattern[str] | None, paths: Sequence[FieldPath]
    ) -> None:
        self._screen = screen
        self._hits = hits
        self._paths = paths
        self._headed = not screen.is_terminal

    def show(
        self, chosen: Sequence[Numbered], _every: Sequence[Numbered], _found: "Sequence[Session]", /
    ) -> None:
        """Print each exchange."""
        columns = layout(self._screen.width if self._screen.is_terminal else None)
        if chosen and not self._headed:
            self._screen.print(headings(columns), soft_wrap=True)
            self._headed = True
        for it in chosen:
            line = render_line(
                it.number,
                it.exchange,
                session=it.session,
                columns=columns,
                ids=ids_of(it.exchange.request, self._paths),
                hits=self._hits,
            )
            self._screen.print(line, soft_wrap=True)


class Talk:
    """Conversations: who said what, turn by turn."""

    def __init__(
        self, screen: Screen, hits: re.Pattern[str] | None, paths: Sequence[FieldPath]
    ) -> None:
        self._screen = screen
        self._hits = hits
        self._paths = paths
        self._session: int | None = None

    def show(
        self, chosen: Sequence[Numbered], every: Sequence[Numbered], found: "Sequence[Session]", /
    ) -> None:
        """Print the turns by conversation; one that goes on gets its opening once."""
        numbers = {it.number for it in chosen}
        for session in found:
            turns = [it for it in every if it.session == session.number]
            if any(it.number in numbers for it in turns):
                self._conversation(session, turns, numbers)
        rest = sum(it.session is None for it in chosen)
        if rest:
            some = "exchange is no turn" if rest == 1 else "exchanges are no turns"
            self._screen.print(Text(f"{rest} more {some}: --line shows all\n", "dim"))

    def _conversation(
        self, session: "Session", turns: Sequence[Numbered], numbers: set[int]
    ) -> None:
        if self._session != session.number:
            ids = dict.fromkeys(
                one for it in turns for one in ids_of(it.exchange.request, self._paths)
            )
            self._screen.print(
                render_opening(session.number, turns, list(ids), session.certainty, session.why)
            )
        self._session = session.number
        for turn in transcript(turns):
            if turn.numbered.number in numbers:
                self._screen.print(render_turn(turn, self._hits))
