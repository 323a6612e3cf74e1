"""The terminal as Sightline writes to it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from capture.show.screen import Screen


def a_screen(width: int = 20, **more: bool) -> Screen:
    return Screen(file=io.StringIO(), width=width, **more)


def text_of(screen: Screen) -> str:
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


@given(st.text("ab \n", max_size=60))
def test_lines_do_not_end_in_blanks(text: str) -> None:
    screen = a_screen()
    table = Table.grid(padding=(0, 2))
    table.add_row(Text(text), Text(text))
    screen.print(Text(text))
    screen.print(table)
    screen.print(Padding(Text(text, "bold"), (0, 3, 0, 3)))
    assert [line for line in text_of(screen).splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize("shown", ["a b", Text("a b"), Padding("a b", (0, 0, 0, 1), expand=False)])
def test_words_stay(shown: object) -> None:
    screen = a_screen()
    screen.print(shown)
    assert text_of(screen).strip() == "a b"
    assert text_of(screen).endswith("b\n")


def test_colours_stay() -> None:
    screen = a_screen(force_terminal=True)
    screen.print(Padding(Text("a  ", "bold"), (0, 4, 0, 0)))
    assert text_of(screen) == "\x1b[1ma\x1b[0m\n"


def test_a_line_may_be_longer_than_the_terminal() -> None:
    screen = a_screen()
    screen.print(Text("x" * 50), soft_wrap=True)
    assert text_of(screen) == "x" * 50 + "\n"


def test_what_goes_on_may_be_shown() -> None:
    screen = a_screen(force_terminal=True)
    with screen.status("waiting"):
        screen.print("word")
    assert "word" in text_of(screen)


def test_markup_and_emoji_are_words() -> None:
    screen = a_screen(40)
    screen.print("[bold]x[/bold] :smile:")
    assert text_of(screen) == "[bold]x[/bold] :smile:\n"
