"""All conversations on one time axis."""

import re
from collections.abc import Sequence

from capture.report.conversations import Conversations, ConversationView, Place
from capture.report.exchanges import Exchanges
from capture.report.marks import Marker
from capture.report.overview import overview
from capture.report.pictures import Pictures
from capture.report.tree import Tree
from capture.sessions import Session
from contract.exchange import Exchange
from contract.recording import Recording


def views(*calls: Sequence[Exchange]) -> list[ConversationView]:
    tree = Tree(Pictures())
    exchanges = Exchanges(tree, Marker((), sure=True))
    places = {id(it): Place("e", "exchange") for turns in calls for it in turns}
    sessions = [Session(number, tuple(turns)) for number, turns in enumerate(calls, 1)]
    return [Conversations(exchanges, tree, places).show(it) for it in sessions]


def test_conversations_stand_below_each_other_on_one_axis(nasty: Recording) -> None:
    anna, ben = nasty.exchanges[:8], nasty.exchanges[9:11]
    made = overview(views(anna, ben))
    assert made
    assert [it.conversation.number for it in made.rows] == [1, 2]
    starts = [re.findall(r'class="turn \w+" x="([\d.]+)%', it.strip)[0] for it in made.rows]
    assert starts == ["0.00", "10.00"]  # Ben begins 4 s after Anna, on an axis of 40 s
    assert ">40 s<" in made.clocks


def test_a_single_conversation_needs_no_overview(nasty: Recording) -> None:
    assert overview(views(nasty.exchanges[:1])) is None
    assert overview([]) is None
