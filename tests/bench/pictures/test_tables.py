"""The figures are told as they are."""

from typing import Any

from bench.pictures.page import generated, write
from bench.pictures.tables import tables
from bench.relay.figures import quantiles
from bench.relay.page import BEGIN, END

SHOWN = {
    "width": 1024,
    "height": 768,
    "bytes": 150_000,
    "turn_bytes": 200_000,
    "tokens": 765,
}
ONE: dict[str, Any] = {
    "name": "phone.jpg",
    "format": "JPEG",
    "width": 4032,
    "height": 3024,
    "bytes": 3_000_000,
    "turn_bytes": 4_000_000,
    "shown": {"gpt-4o": SHOWN, "gpt-5": {**SHOWN, "tokens": 630}},
}
RUN: dict[str, Any] = {
    "about": {
        "processor": "One",
        "cores": 2,
        "python": "3.13.0",
        "ours": {"Pillow": "13.0"},
        "commit": "",
        "day": "today",
    },
    "saved": [ONE, {**ONE, "name": "small.png", "turn_bytes": 100_000}],
    "during": {
        "at_once": 20,
        "alone": quantiles([1.0, 2.0, 3.0]),
        "during": quantiles([1.5, 2.5, 3.5]),
        "uploads": quantiles([]),
        "memory_mb": 99.4,
        "failures": [],
    },
}


def test_what_a_turn_carries_is_told_beside_what_was_shared() -> None:
    rows = tables(RUN)[0].rows
    assert rows[0][1:] == ("JPEG", "4032 x 3024", "3,000", "1024 x 768", "150", "200", "95%")
    assert rows[1][-1] == "-"  # what became larger has saved nothing


def test_tokens_are_told_for_each_model() -> None:
    table = tables(RUN)[1]
    assert table.heads == ("", "gpt-4o", "gpt-5")
    assert table.rows[0] == ("phone.jpg", "765", "630")


def test_turns_are_told_alone_and_during_uploads() -> None:
    rows = tables(RUN)[2].rows
    assert rows[0] == ("turns alone", "2.00", "2.80", "2.98", "3.00", "3")
    assert rows[1][0] == "turns during 20 uploads of 12 MP"
    assert rows[2][1:] == ("-", "-", "-", "-", "0")


def test_a_run_is_written_between_the_marks_of_the_page(tmp_path: Any) -> None:
    page = tmp_path / "pictures.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write(RUN, page)
    text = page.read_text()
    assert generated(RUN) in text
    assert "old" not in text
    assert text.startswith("before")
    assert text.endswith("after\n")
