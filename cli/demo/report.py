"""What the person who runs the demo sees, while it happens and at the end."""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from capture.locate import Finding
from capture.replay import Result
from capture.show.console import Screen, render_exchange
from cli.demo.people import Call
from cli.finding import print_finding
from cli.locate import changed, print_change
from cli.replay import print_results
from cli.talking import print_turn
from contract.exchange import Exchange
from rehearsal.call import Turn

_TO_DO = "drop in a photograph, press Start text conversation, ask what is in it"
_NOT_BUILT = (
    "the page is not built: end this, run `make page`, which needs Node 20, and run it again"
)
_OWN = ("locate", "store", "inject")  # the parts of server-timing that are not the model's


class Report:
    """Print the demo's steps, and what was found in each."""

    def __init__(self) -> None:
        self._screen = Screen()
        self._steps = 0

    def say(self, text: str) -> None:
        """Print a line."""
        self._screen.print(text)

    def step(self, title: str, note: str) -> None:
        """Begin a step."""
        self._steps += 1
        heading = Text.assemble((f"{self._steps}  {title}", "bold"), (f"  {note}", "dim"))
        self._screen.print()
        self._screen.print(Rule(heading, align="left", style="cyan"))

    def part(self, name: str, address: str) -> None:
        """Tell that a part answers."""
        self._screen.print(Text.assemble(f"   {name:<16}", (address, "cyan")))

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Show that something goes on."""
        with self._screen.status(f"{what} ..."):
            yield

    def turn(self, name: str, turn: Turn) -> None:
        """Print a turn as soon as it is over."""
        print_turn(self._screen, name, turn)

    def exchanges(self, exchanges: Sequence[Exchange]) -> None:
        """Print captured requests."""
        for number, exchange in enumerate(exchanges, start=1):
            brief = render_exchange(number, exchange, fold=("tools",))
            self._screen.print(Padding(brief, (0, 0, 0, 3)))

    def finding(self, finding: Finding) -> None:
        """Print where the ID is."""
        print_finding(self._screen, finding)

    def change(self, old: str, new: str) -> None:
        """Print what was written into the configuration."""
        self._screen.print()
        print_change(self._screen, changed(old, new, "config.yaml"))

    def results(self, results: Sequence[Result], endpoint_at: str) -> None:
        """Print the replay's table."""
        print_results(self._screen, results, endpoint_at)

    def summary(
        self,
        finding: Finding,
        second: Sequence[Call],
        folder: Path,
        seconds: float,
        *,
        good: bool,
    ) -> None:
        """Print what came of it all."""
        self.step("Summary", f"after {seconds:.0f} s")
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for path in finding.paths:
            table.add_row("found", str(path))
        for call in second:
            table.add_row("proved", proof(call))
        table.add_row("added time", added_time(second))
        table.add_row("recordings", f"{folder}/first.jsonl, {folder}/second.jsonl")
        table.add_row("configuration", f"{folder}/config.yaml")
        self._screen.print(table)
        verdict = (
            Text.assemble(("good", "bold green"), "  every answer came from the right picture")
            if good
            else Text.assemble(("bad", "bold red"), "  a call or its replay went wrong: see above")
        )
        self._screen.print()
        self._screen.print(verdict)

    def page(self, address: str, recording: Path, *, built: bool) -> None:
        """Print where the page is, what to do there, and what is kept of it; the address last."""
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row("recording", f"{recording}; pictures are in memory, and gone at the end")
        table.add_row("to end", "Ctrl-C")
        table.add_row(*(("on the page", _TO_DO) if built else ("not built", _NOT_BUILT)))
        table.add_row("open", Text(address, "bold cyan"))
        self._screen.print()
        self._screen.print(table)


def proof(call: Call) -> Text:
    """Return which answers of a call prove which picture."""
    person, turns = call.person, len(call.conversation.turns)
    good = len(call.proofs) == turns and not call.is_mixed_up
    return Text.assemble(
        f"{person.name} shared {person.photo}, whose pixels are {person.colours()}; so say ",
        (f"{len(call.proofs)} of {turns} answers", "green" if good else "red"),
        ", and some tell of another picture" if call.is_mixed_up else "",
    )


def added_time(calls: Sequence[Call]) -> str:
    """Return what the endpoint says that it spent on each turn before it asked the model."""
    spent = [
        own_time(turn.server_timing or "") for call in calls for turn in call.conversation.turns
    ]
    return (
        f"{statistics.median(spent):.1f} ms a turn (median of {len(spent)}; at most "
        f"{max(spent):.1f} ms) before the model was asked, by the endpoint's own clock"
    )


def own_time(server_timing: str) -> float:
    """Return the milliseconds of a `server-timing` header that are not the model's."""
    parts = (part.strip().partition(";dur=") for part in server_timing.split(","))
    return sum(float(spent) for name, _, spent in parts if name in _OWN)
