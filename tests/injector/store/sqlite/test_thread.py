import asyncio
import threading
from functools import partial

import pytest

from contract.errors import StoreFailed
from injector.store.sqlite.thread import Desk


async def test_questions_are_answered_in_turn_on_one_other_thread() -> None:
    desk = Desk("desk")
    seen: list[tuple[int, str]] = []

    def question(number: int) -> int:
        seen.append((number, threading.current_thread().name))
        return number * number

    answers = [desk.ask(partial(question, number)) for number in range(50)]
    assert await asyncio.gather(*answers) == [number * number for number in range(50)]
    assert seen == [(number, "desk") for number in range(50)]
    desk.close()


@pytest.mark.parametrize("error", [KeyError("x"), SystemExit(3), KeyboardInterrupt()])
async def test_what_a_question_raises_reaches_whoever_asked(error: BaseException) -> None:
    desk = Desk("desk")

    def fail() -> None:
        raise error

    future = desk.ask(fail)
    while not future.done():  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    assert future.exception() is error
    assert await desk.ask(lambda: "on") == "on"
    desk.close()


async def test_whoever_leaves_leaves_the_others_their_answers() -> None:
    desk, go = Desk("desk"), threading.Event()
    answered: list[str] = []
    first = desk.ask(lambda: go.wait(5))
    second = desk.ask(lambda: answered.append("second"))
    third = desk.ask(lambda: answered.append("third"))
    first.cancel()
    second.cancel()
    go.set()
    await third
    assert answered == ["third"]
    desk.close()


async def test_whoever_leaves_while_the_answer_is_made_is_not_told() -> None:
    desk, begun, go = Desk("desk"), threading.Event(), threading.Event()
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))

    def question() -> None:
        begun.set()
        go.wait(5)

    asked = desk.ask(question)
    await asyncio.to_thread(begun.wait, 5)
    asked.cancel()
    go.set()
    await desk.ask(lambda: None)
    assert faults == []
    desk.close()


async def test_what_was_asked_before_it_closed_is_answered_and_nothing_after() -> None:
    desk = Desk("desk")
    asked = desk.ask(lambda: "before")
    desk.close()
    with pytest.raises(StoreFailed, match="closed"):
        desk.ask(lambda: "after")
    assert await asked == "before"


def test_a_loop_that_is_closed_ends_no_desk() -> None:
    desk, go = Desk("desk"), threading.Event()

    async def leave() -> None:
        desk.ask(lambda: go.wait(5))

    asyncio.run(leave())
    go.set()

    async def ask() -> str:
        return await desk.ask(lambda: "still here")

    assert asyncio.run(ask()) == "still here"
    desk.close()
