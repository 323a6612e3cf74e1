"""A rehearsed turn as the terminal shows it: what was said, what was answered and how."""

from rich.padding import Padding
from rich.text import Text

from capture.show.console import Screen
from capture.show.payload import readable
from rehearsal.call import Turn

_INDENT = 7  # columns: behind the names


def print_turn(screen: Screen, name: str, turn: Turn) -> None:
    """Print what was said in a turn, and what was answered and how."""
    note = [turn.context or "", f"{turn.first_content * 1000:.0f} ms"]
    note += [f"called {turn.tool}"] if turn.tool else []
    note += ["sent again while it was answered"] if turn.speculative else []
    answer = Text.assemble("→ ", (f"[{', '.join(filter(None, note))}] ", "dim"))
    if turn.fallback:
        answer.append(f"the endpoint spoke for the model ({readable(turn.fallback)}): ", "red")
    print_said(screen, name, turn.said)
    screen.print(Padding(answer.append(readable(turn.answer)), (0, 0, 0, _INDENT), expand=False))


def print_said(screen: Screen, name: str, said: str) -> None:
    """Print what somebody said; none of its lines can pass for another's, or for one of ours."""
    shown = readable(said).replace("\n", "\n" + " " * _INDENT)
    screen.print(Text.assemble((f"{name:<6} ", "bold"), shown))
