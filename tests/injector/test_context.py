"""Which pictures a turn shows, whatever the store does meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast

import pytest

from injector.context import STORE_TIMEOUT, context_of
from injector.shared import Context, Picture, Shared

Act: TypeAlias = Callable[[], Awaitable[Any]]

KNOWN = (Shared(Picture("d1", "image/png", 1, 1, 1, b'"data:1"')),)
MORE = (*KNOWN, Shared(Picture("d2", "image/png", 1, 1, 1, b'"data:2"')))


async def hangs() -> None:
    await asyncio.sleep(30)


async def fails() -> None:
    raise OSError("the disk is gone")


async def gives_up() -> None:
    raise asyncio.CancelledError


def says(*pictures: Shared, awaited: bool = False) -> Act:
    async def say() -> Context:
        return Context(pictures, awaited)

    return say


class Acting:
    """A store that does one thing after another; the last goes on for ever."""

    def __init__(self, *acts: Act, withdraws: Act = hangs) -> None:
        self._acts = list(acts)
        self._withdraws = withdraws
        self.withdrawn = 0

    async def context(self, _: str) -> Context:
        act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
        return cast("Context", await act())

    async def withdraw(self, _: str) -> None:
        self.withdrawn += 1
        await self._withdraws()


async def found(store: Any, longest: float = 0.0) -> tuple[tuple[Shared, ...], str]:
    context, why = await context_of(store, "conv_1", longest)
    return context.pictures, why


TROUBLE = pytest.mark.parametrize("trouble", [hangs, fails, gives_up])


@TROUBLE
async def test_a_store_in_trouble_costs_the_pictures_and_not_the_turn(trouble: Act) -> None:
    assert await found(Acting(trouble)) == ((), "store-error")


@TROUBLE
async def test_trouble_during_the_wait_costs_only_what_was_awaited(trouble: Act) -> None:
    store = Acting(says(*KNOWN, awaited=True), trouble)
    assert await found(store, 5.0) == (KNOWN, "no-image")


@TROUBLE
async def test_a_wait_that_cannot_be_ended_costs_no_picture(trouble: Act) -> None:
    store = Acting(says(*KNOWN, awaited=True), withdraws=trouble)
    assert await found(store, 0.1) == (KNOWN, "no-image")
    assert store.withdrawn == 1


async def test_what_comes_during_the_wait_is_shown_at_once() -> None:
    awaited = says(*KNOWN, awaited=True)
    async with asyncio.timeout(2):
        assert await found(Acting(awaited, awaited, says(*MORE)), 30.0) == (MORE, "no-image")


@pytest.mark.parametrize("awaited", [True, False])
async def test_a_client_that_leaves_is_not_taken_for_a_store_that_gives_up(
    *, awaited: bool
) -> None:
    acts = [says(awaited=True), hangs] if awaited else [hangs]
    asked = asyncio.create_task(found(Acting(*acts), 5.0))
    await asyncio.sleep(STORE_TIMEOUT / 5)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked


@pytest.mark.parametrize("prompt", ["x" * 513, "You see.\nBe kind."])
async def test_what_nothing_can_be_given_to_is_no_question_to_the_store(prompt: str) -> None:
    """Else a store would remember whole prompts, where a path is too wide."""
    store = cast("Any", Acting(hangs))
    assert await context_of(store, prompt, 0.0) == (Context(), "no-image")
