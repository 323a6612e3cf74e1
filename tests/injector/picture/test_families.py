"""What models look at and count, held against OpenAI's own examples and against arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.config.model import Detail
from injector.picture.aim import Aim
from injector.picture.families import DEFAULT, FAMILIES, family_of, fitted, tokens

MODELS = [
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-4.1-nano",
    "o1",
    "o3",
    "o4-mini",
    "computer-use-preview",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5-nano",
    "gpt-5.1",
    "gpt-5.2",
    "gpt-5.4",
    "gpt-5.4-mini",
    "gpt-5.5",
    "gpt-5.6-sol",
    "gpt-6-luna",
    "something-else",
    None,
]
DETAILS: list[Detail] = ["low", "high", "auto"]

models = st.sampled_from(MODELS)
details = st.sampled_from(DETAILS)
sides = st.one_of(st.integers(1, 20_000), st.sampled_from([1, 31, 32, 33, 512, 768, 2048]))


@pytest.mark.parametrize(
    ("size", "model", "detail", "expected"),
    [
        # OpenAI, "Images and vision", "Calculating costs": examples of the guide, 2024 to 2026.
        ((1024, 1024), "gpt-4o", "high", 765),
        ((2048, 4096), "gpt-4o", "high", 1105),
        ((4096, 8192), "gpt-4o", "low", 85),
        ((1024, 1024), "gpt-5.4", "high", 1229),
        ((2048, 2048), "gpt-5.4", "high", 3000),
        ((2048, 2048), "gpt-6-astra", "high", 3000),
        ((1024, 1024), "o4-mini", "high", 1762),  # 1024 patches
        ((1800, 2400), "o4-mini", "high", 2498),  # 1452 patches
        # The tables of that guide.
        ((1024, 1024), "gpt-4o-mini", "high", 2833 + 4 * 5667),
        ((1024, 1024), "gpt-4o-mini", "low", 2833),
        ((1024, 1024), "gpt-4.1", "auto", 765),
        ((1024, 1024), "o3", "high", 75 + 4 * 150),
        ((1024, 1024), "gpt-5", "high", 70 + 4 * 140),
        ((1024, 1024), "gpt-5", "low", 70),
        ((1024, 1024), "computer-use-preview", "high", 65 + 4 * 129),
        ((1024, 1024), "gpt-4.1-mini", "high", 1659),
        ((1024, 1024), "gpt-4.1-nano", "high", 2520),
        ((1024, 1024), "gpt-5-mini", "high", 1229),
        ((1024, 1024), "gpt-5-nano", "high", 1536),
        ((4096, 4096), "gpt-5.6-luna", "low", 308),  # 16 x 16 patches
        ((512, 512), "gpt-4o", "high", 255),
        # Reported by people: a photograph of 12 million pixels costs newer models this in `auto`.
        ((4032, 3024), "gpt-6-luna", "auto", 14_364),
    ],
)
def test_the_documented_examples(
    size: tuple[int, int], model: str, detail: Detail, expected: int
) -> None:
    assert tokens(*size, model, detail) == expected


@pytest.mark.parametrize(
    ("size", "aim", "expected"),
    [
        ((4032, 3024), Aim("gpt-4o"), (1024, 768)),
        ((4032, 3024), Aim("gpt-4o", "low"), (512, 384)),
        ((1800, 2400), Aim("o4-mini"), (1056, 1408)),
        ((4032, 3024), Aim("gpt-4.1-mini"), (2048, 1536)),
        ((2048, 2048), Aim("gpt-6-luna"), (1600, 1600)),
        ((4032, 3024), Aim("gpt-6-luna", "low"), (512, 384)),
        ((4032, 3024), Aim("gpt-6-luna", "auto"), (4032, 3024)),
        ((4032, 3024), Aim("gpt-4o", resolution="original"), (4032, 3024)),
        ((4032, 3024), Aim(None, "auto"), fitted(4032, 3024, Aim("gpt-5.4"))),
        ((100, 50), Aim("gpt-4o"), (100, 50)),
    ],
)
def test_what_a_model_looks_at(size: tuple[int, int], aim: Aim, expected: tuple[int, int]) -> None:
    assert fitted(*size, aim) == expected


def test_what_is_refused_beyond_a_size_is_made_smaller_even_as_an_original() -> None:
    width, height = fitted(12_000, 8_000, Aim("gpt-6-luna", "auto", "original"))
    assert 28_000 < -(-width // 32) * -(-height // 32) <= 30_000
    assert fitted(12_000, 8_000, Aim("gpt-6-luna", "high", "original")) == (12_000, 8_000)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("chatgpt-4o-latest", "gpt-4o"),
        ("openai/gpt-4o", "gpt-4o"),
        ("azure/eu/gpt-4o", "gpt-4o"),
        ("openai:gpt-5.6-luna", "gpt-5.6"),
        ("ft:gpt-4.1-mini-2025-04-14:acme::id", "gpt-4.1-mini"),
        ("GPT-4o", "gpt-4o"),
        ("gpt-5-2025-08-07", "gpt-5"),
        ("gpt-5-chat-latest", "gpt-5"),
        ("gpt-5.3-codex", "gpt-5.2"),
        ("gpt-5.4-mini-2026-03-17", "gpt-5.4"),
        ("gpt-6.1-sol", "gpt-6"),
        ("gpt-12", "gpt-6"),
        ("o3-pro", "o3"),
        ("o1-2024-12-17", "o1"),
        ("gpt-4-turbo-2024-04-09", "gpt-4-turbo"),
        ("gpt-4-1106-vision-preview", "gpt-4-turbo"),
        ("gpt-35-turbo", None),
        ("gpt-4", None),
        ("gpt-4ox", None),
        ("my-gpt-4o", None),
        ("o30", None),
        ("claude-opus-5", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_belongs_to_its_family(name: str | None, known: str | None) -> None:
    found = family_of(name)
    assert found == (DEFAULT if known is None else family_of(known))
    assert (found is DEFAULT) == (known is None)


def test_every_family_says_how_it_is_known() -> None:
    assert all(family.mark in "DSI" and family.source for family in (*FAMILIES, DEFAULT))


@given(sides, sides, models, details)
def test_a_picture_is_never_enlarged_and_keeps_its_shape(
    width: int, height: int, model: str | None, detail: Detail
) -> None:
    wide, high = fitted(width, height, Aim(model, detail))
    assert 1 <= wide <= width
    assert 1 <= high <= height
    factor = max(wide, high) / max(width, height)
    assert abs(wide - width * factor) < 1.6  # whole pixels, rounded twice
    assert abs(high - height * factor) < 1.6


@given(sides, sides, models, details)
def test_what_a_model_looks_at_is_looked_at_whole_and_costs_the_same(
    width: int, height: int, model: str | None, detail: Detail
) -> None:
    size = fitted(width, height, Aim(model, detail))
    assert fitted(*size, Aim(model, detail)) == size
    assert tokens(*size, model, detail) == tokens(width, height, model, detail)


@given(sides, sides, models, details)
def test_sideways_is_no_other_size(
    width: int, height: int, model: str | None, detail: Detail
) -> None:
    aim = Aim(model, detail)
    assert fitted(height, width, aim) == fitted(width, height, aim)[::-1]
    assert tokens(height, width, model, detail) == tokens(width, height, model, detail)


@given(sides, sides, st.integers(0, 500), st.integers(0, 500), models, details)
def test_more_pixels_that_are_looked_at_never_cost_less(
    width: int, height: int, wider: int, higher: int, model: str | None, detail: Detail
) -> None:
    large = (width + wider, height + higher)
    if fitted(*large, Aim(model, detail)) == large:
        assert tokens(width, height, model, detail) <= tokens(*large, model, detail)


@given(sides, sides, models)
def test_the_bounds_are_held(width: int, height: int, model: str | None) -> None:
    wide, high = fitted(width, height, Aim(model))
    if model in {"gpt-4o", "gpt-5", "o3"}:
        assert max(wide, high) <= 2048
        assert min(wide, high) <= 768
    if model in {"o4-mini", "gpt-5-mini"}:
        assert -(-wide // 32) * -(-high // 32) <= 1536
    if model in {"gpt-5.4", "gpt-6-luna", None}:
        assert max(wide, high) <= 2048
        assert -(-wide // 32) * -(-high // 32) <= 2500
