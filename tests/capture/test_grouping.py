"""Calls that open with the same words, told apart by a place; and what must not pass for that."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from capture.grouping import count_whole, sessions_by
from capture.locate import locate
from contract.exchange import Exchange, Request
from contract.fieldpath import FieldPath

PLACE = FieldPath("header", ("x-session-id",))
GREETING = {"role": "assistant", "content": "Hello! How can I help?"}
SAID = ("Hello?", "What is this?", "And what is behind it?", "Thanks.")
Header = Callable[[int, int], str]
"""The value of the header for a call and a turn of it."""


def a_call(number: int, header: Header, turns: int = 4, again: int = -1) -> list[Exchange]:
    """Return a call in which everybody says the same as in any other; `again` is sent twice."""
    messages, made = [{"role": "system", "content": "Be brief."}, GREETING], []
    for turn, said in enumerate(SAID[:turns]):
        messages.append({"role": "user", "content": said})
        for copy in range(2 if turn == again else 1):
            started = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(
                seconds=turn * 5, milliseconds=number * 40 + copy * 200
            )
            body = json.dumps({"messages": messages, "stream": True}).encode()
            headers = (("X-Session-Id", header(number, turn * 10 + copy)),)
            url = "http://endpoint.example/v1/chat/completions"
            name = f"{number}-{turn}-{copy}"
            made.append(Exchange(name, started, Request("POST", url, headers, body)))
        messages.append({"role": "assistant", "content": "I see."})
    return made


def recorded(header: Header, calls: int = 2, turns: int = 4) -> list[Exchange]:
    return [it for number in range(calls) for it in a_call(number, header, turns, again=1)]


def own(number: int, _: int) -> str:
    return f"conv_{number}01m83gtyfmqx74g92tgarp1bj"


def of_the_request(number: int, turn: int) -> str:
    return f"req{number}a{turn}b8f3c2d9e71046aa"


def of_the_connection(number: int, turn: int) -> str:
    """A connection that broke after the second turn."""
    return f"c{number}f{turn // 20}8f3c2d9e71046aa5b"


@pytest.mark.parametrize("calls", [2, 3, 5])
def test_calls_of_the_very_same_words_are_told_apart_by_their_id(calls: int) -> None:
    exchanges = recorded(own, calls)
    found = sessions_by([PLACE], exchanges)
    assert len(found) == calls
    assert all(len(session.turns) == 5 for session in found)
    assert count_whole(found) == calls
    finding = locate(exchanges)
    assert (finding.verdict, finding.paths, finding.sessions) == ("found", (PLACE,), calls)
    assert any("one whole conversation" in reason for reason in finding.reasons)


@pytest.mark.parametrize("header", [of_the_request, of_the_connection])
def test_what_changes_within_a_call_does_not_pass_for_its_id(header: Header) -> None:
    exchanges = recorded(header)
    assert not count_whole(sessions_by([PLACE], exchanges))
    assert locate(exchanges).verdict != "found"


def test_a_decoy_that_makes_whole_calls_is_no_id_either() -> None:
    def header(number: int, _: int) -> str:
        return f"2026-11-23T09:0{number}:07Z"

    exchanges = recorded(header)
    assert count_whole(sessions_by([PLACE], exchanges))
    assert locate(exchanges).verdict != "found"


def test_a_call_that_was_cut_in_two_is_not_whole() -> None:
    def header(number: int, turn: int) -> str:
        return f"half{number}{'a' if turn < 20 else 'b'}8f3c2d9e71046aa5"

    assert not count_whole(sessions_by([PLACE], a_call(0, header)))


def test_one_turn_each_shows_nothing() -> None:
    assert not count_whole(sessions_by([PLACE], recorded(own, turns=1)))


def test_a_known_id_is_found_among_calls_of_the_same_words() -> None:
    finding = locate(recorded(own), [own(1, 0)])
    assert (finding.verdict, finding.paths) == ("found", (PLACE,))


def test_turns_without_an_id_are_grouped_by_their_histories() -> None:
    def sometimes(number: int, turn: int) -> str:
        return own(number, turn) if number else "{{system__conversation_id}}"

    found = sessions_by([PLACE], recorded(sometimes))
    assert sorted(len(session.turns) for session in found) == [5, 5]


def ids_of(exchanges: Sequence[Exchange]) -> set[str | None]:
    return {PLACE.find(exchange.request) for exchange in exchanges}


def test_conversations_are_numbered_in_the_order_in_which_they_began() -> None:
    found = sessions_by([PLACE], list(reversed(recorded(own, 3))))
    assert [session.number for session in found] == [1, 2, 3]
    assert [ids_of(session.turns) for session in found] == [{own(at, 0)} for at in range(3)]


def a_different_call(number: int, header: str, minute: int) -> list[Exchange]:
    """Return a call in which somebody says what nobody else says."""
    messages, made = [{"role": "system", "content": "Be brief."}, GREETING], []
    for turn in range(3):
        said = {"role": "user", "content": f"Number {number} wants to know {turn}: {number * 7}?"}
        messages.append(said)
        started = datetime(2026, 11, 23, 6, minute, turn * 5, tzinfo=UTC)
        body = json.dumps({"messages": messages, "stream": True}).encode()
        headers = (("X-Session-Id", header),)
        url = "http://endpoint.example/v1/chat/completions"
        made.append(Exchange(f"{number}-{turn}", started, Request("POST", url, headers, body)))
        messages.append({"role": "assistant", "content": f"I see {number}."})
    return made


def test_what_is_said_of_a_person_who_calls_twice_is_no_id() -> None:
    users = ("u7f3a9c2d1e8b4f60", "u1b2c3d4e5f607182", "u9e8d7c6b5a493827")
    calls = [(1, users[0], 1), (2, users[0], 20), (3, users[1], 3), (4, users[2], 5)]
    exchanges = [it for call in calls for it in a_different_call(*call)]
    assert not count_whole(sessions_by([PLACE], exchanges))
    assert locate(exchanges).verdict == "absent"


def test_a_first_turn_that_was_sent_again_on_another_connection_is_no_second_call() -> None:
    def connection(_: int, turn: int) -> str:
        return "c1aa8f3c2d9e71046" if turn == 0 else "c2bb8f3c2d9e71046"

    exchanges = a_call(0, connection, again=0)
    assert count_whole(sessions_by([PLACE], exchanges)) < 2
    assert locate(exchanges).verdict == "insufficient"
