from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.asked import Piece
from rehearsal.counting import prompt_tokens
from rehearsal.model import create_app
from rehearsal.promptcache import PromptCache
from tests.rehearsal.conftest import Serve


def pieces(*tokens: int, key: str = "a") -> list[Piece]:
    return [Piece({"n": n, key: size}, "x" * 4 * size) for n, size in enumerate(tokens)]


def ask(cache: PromptCache, prompt: list[Piece], model: str = "m") -> int:
    return cache.ask(model, prompt, prompt_tokens(prompt, ()))


def test_an_equal_beginning_counts_in_steps_of_128() -> None:
    cache = PromptCache()
    assert ask(cache, pieces(1000, 200)) == 0
    assert ask(cache, pieces(1000, 200, 50)) == 1152
    assert ask(cache, pieces(1000, 200, 50, 200)) == 1152
    assert ask(cache, pieces(1000, 200, 50, 200)) == 1408


@pytest.mark.parametrize("sizes", [(1023,), (500, 523), ()])
def test_less_than_1024_tokens_are_never_cached(sizes: tuple[int, ...]) -> None:
    cache = PromptCache()
    assert [ask(cache, pieces(*sizes)) for _ in range(2)] == [0, 0]


def test_a_long_prompt_whose_equal_beginning_is_short_is_not_cached() -> None:
    cache = PromptCache()
    ask(cache, [*pieces(1000), Piece("old", "x" * 4000)])
    assert ask(cache, [*pieces(1000), Piece("new", "x" * 4000)]) == 0


def test_another_model_has_another_cache() -> None:
    cache = PromptCache()
    ask(cache, pieces(2000))
    assert ask(cache, pieces(2000), "other") == 0
    assert ask(cache, pieces(2000)) == 1920


def test_the_order_of_keys_is_no_difference_and_a_value_is() -> None:
    cache = PromptCache()
    ask(cache, [Piece({"a": 1, "b": 2}, "x" * 8000)])
    assert ask(cache, [Piece({"b": 2, "a": 1}, "x" * 8000)]) == 1920
    assert ask(cache, [Piece({"a": 1, "b": 3}, "x" * 8000)]) == 0


def test_what_was_asked_long_ago_is_forgotten() -> None:
    cache = PromptCache()
    ask(cache, pieces(2000))
    for number in range(4096):
        ask(cache, [Piece(number, "x" * 8000)])
    assert ask(cache, pieces(2000)) == 0


def test_what_is_asked_again_and_again_is_kept() -> None:
    cache = PromptCache()
    ask(cache, pieces(2000))
    for thousand in range(6):
        for number in range(1000):
            ask(cache, [Piece([thousand, number], "x" * 8000)])
        assert ask(cache, pieces(2000)) == 1920


@given(st.lists(st.integers(0, 3000), max_size=8), st.integers(0, 8))
def test_no_more_is_cached_than_is_equal(sizes: list[int], equal: int) -> None:
    cache = PromptCache()
    before = pieces(*sizes)
    ask(cache, before)
    after = [*before[:equal], *pieces(*sizes, key="b")[equal:]]
    cached = ask(cache, after)
    assert cached % 128 == 0
    assert cached == 0 or 1024 <= cached <= sum(sizes[:equal])


async def usage(root: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{root}/v1/{path}", json={"model": "gpt-4o"} | body) as response,
    ):
        value: dict[str, Any] = (await response.json())["usage"]
        return value


LONG = {"role": "system", "content": "Be short. " * 600}
HI = {"role": "user", "content": "hi"}


@pytest.mark.parametrize(
    ("path", "key", "details"),
    [
        ("chat/completions", "messages", "prompt_tokens_details"),
        ("responses", "input", "input_tokens_details"),
    ],
)
async def test_the_model_reports_what_was_cached(
    serve: Serve, path: str, key: str, details: str
) -> None:
    root = await serve(create_app())
    first = await usage(root, path, {key: [LONG, HI]})
    again = await usage(root, path, {key: [LONG, HI, HI]})
    assert (first[details]["cached_tokens"], again[details]["cached_tokens"]) == (0, 1408)


async def test_applications_share_no_cache(serve: Serve) -> None:
    apps: list[web.Application] = [create_app(), create_app()]
    for app in apps:
        used = await usage(await serve(app), "responses", {"input": [LONG, HI]})
        assert used["input_tokens_details"]["cached_tokens"] == 0
