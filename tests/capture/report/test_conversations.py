"""A conversation as the page shows it."""

import json
from dataclasses import replace

from capture.report.conversations import MOST, Conversations, ConversationView, Place
from capture.report.exchanges import Exchanges
from capture.report.marks import Marker
from capture.report.pictures import Pictures
from capture.report.tree import Tree
from capture.sessions import Session
from contract.fieldpath import parse
from contract.recording import Recording


def view(recording: Recording, count: int) -> ConversationView:
    tree = Tree(Pictures())
    exchanges = Exchanges(tree, Marker((parse("$request.header.x-conversation-id"),), sure=True))
    turns = recording.exchanges[:count]
    places = {id(it): Place(f"e{at}", f"exchange {at}") for at, it in enumerate(turns, 1)}
    return Conversations(exchanges, tree, places).show(
        Session(3, turns, "likely", "turn 4 was revised")
    )


def test_its_id_its_turns_and_what_went_wrong_are_told(nasty: Recording) -> None:
    made = view(nasty, 8)
    assert (made.number, made.anchor) == (3, "c3")
    assert made.ids == ("conv_9801m4394evfexfsqb05pv6z39x3",)
    assert (made.certainty, made.why) == ("likely", "turn 4 was revised")
    assert made.facts == (
        "8 turns",
        "began 2026-11-23 06:24:06 UTC, lasted 31.9 s",
        "first content after 300 ms (median), at most 1,900 ms",
        "2 cancelled by the caller",
        "1 cut short",
        "1 failed",
    )


def test_each_turn_says_only_what_is_new(nasty: Recording) -> None:
    made = view(nasty, 8)
    assert [[it.role for it in turn.sayings] for turn in made.turns] == [
        ["system", "assistant", "user"],
        ["assistant", "user"],
        ["user"],
        ["user"],
        ["assistant", "user"],
        [],
        [],
        ["assistant", "tool", "user"],
    ]
    assert made.turns[1].sayings[0].note == "the answer to the turn before, as it came"
    assert made.turns[4].sayings[0].note == "only this much of the answer before was spoken"


def test_of_a_call_that_is_recorded_from_its_middle_only_the_last_is_told(nasty: Recording) -> None:
    body = {"messages": [{"role": "user", "content": str(at)} for at in range(MOST + 7)]}
    turn = nasty.exchanges[0]
    long = replace(turn, request=replace(turn.request, body=json.dumps(body).encode()))
    (told,) = view(replace(nasty, exchanges=(long,)), 1).turns
    assert len(told.sayings) == MOST
    assert told.notes == ("told only in the request: 7 more, before these",)


def test_an_error_is_no_first_content(nasty: Recording) -> None:
    assert [it.content for it in view(nasty, 8).turns][3:6] == ["300 ms", "", "300 ms"]


def test_turns_that_overlap_are_lanes(nasty: Recording) -> None:
    assert [it.lanes for it in view(nasty, 8).turns] == [1, 1, 2, 2, 1, 1, 1, 1]


def test_turns_and_exchanges_are_where_the_links_go(nasty: Recording) -> None:
    assert [it.exchange.anchor for it in view(nasty, 3).turns] == ["e1", "e2", "e3"]
