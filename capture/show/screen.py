"""The terminal as Sightline writes to it: words as they are, and no blanks at the ends of lines."""

from collections.abc import Iterator
from typing import Any, NoReturn

from rich.console import Console, ConsoleOptions, RenderableType
from rich.control import Control
from rich.segment import Segment


class Trimmed:
    """What is shown without blanks at the ends of its lines, with which rich fills them."""

    def __init__(self, shown: RenderableType) -> None:
        self._shown = shown

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the lines, trimmed."""
        for line in console.render_lines(self._shown, options, pad=False):
            while line and not line[-1].text.strip(" "):
                line.pop()
            if line:
                text, style, _ = line.pop()
                line.append(Segment(text.rstrip(" "), style))
            yield from line
            yield Segment.line()


class Screen(Console):
    """A console that prints words as they are; one whose reader leaves raises `BrokenPipeError`."""

    def __init__(self, **more: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **more)

    def print(self, *objects: Any, **how: Any) -> None:
        """Print as rich does, without blanks at the ends of lines."""
        if not how.get("soft_wrap"):
            objects = tuple(it if isinstance(it, Control) else Trimmed(it) for it in objects)
        super().print(*objects, **how)

    def on_broken_pipe(self) -> NoReturn:
        """Let the caller end in order, where rich would exit from the middle of it."""
        raise BrokenPipeError
