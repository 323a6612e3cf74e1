"""What has happened is remembered within bounds, and told to whoever watches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import Busy, TooMany
from injector.happenings import ALL_WATCHERS, KEPT, WATCHERS, Happenings, Kind, Watch


def nothing() -> None: ...


def told(watch: Watch) -> list[tuple[str, dict[str, object]]]:
    return [(event.kind, dict(event.data)) for event in watch.news()]


def test_who_watches_is_told_what_was_and_woken_for_what_comes() -> None:
    happenings, woken = Happenings(), list[bool]()
    happenings.tell("conv_1", "associated", images=1, inBand=False)
    watch = happenings.watch("conv_1", lambda: woken.append(True))
    assert told(watch) == [("associated", {"images": 1, "inBand": False})]
    assert (told(watch), woken) == ([], [])
    happenings.tell("conv_1", "turn", turn=1, context="attached", images=1)
    happenings.tell("conv_2", "turn", turn=1, context="attached", images=1)
    assert len(woken) == 1
    assert told(watch) == [("turn", {"turn": 1, "context": "attached", "images": 1})]


def test_the_last_events_of_a_conversation_are_kept() -> None:
    happenings = Happenings()
    for turn in range(200):
        happenings.tell("conv_1", "turn", turn=turn)
    numbers = [event.data["turn"] for event in happenings.watch("conv_1", nothing).news()]
    assert numbers == list(range(200 - KEPT, 200))


def test_ten_thousand_conversations_stay_bounded_and_the_watched_one_stays() -> None:
    happenings = Happenings()
    watch = happenings.watch("conv_0", nothing)
    for number in range(10_000):
        happenings.tell(f"conv_{number}", "turn", turn=1)
    assert len(happenings) == 1_000
    assert not happenings.knows("conv_8999")
    assert happenings.knows("conv_9999")
    happenings.tell("conv_0", "turn", turn=2)
    assert [event.data["turn"] for event in watch.news()] == [1, 2]


@pytest.mark.parametrize("prompt", ["x" * 513, "You see.\nBe kind."])
def test_a_prompt_in_the_place_of_an_id_is_not_remembered(prompt: str) -> None:
    happenings = Happenings()
    happenings.tell(prompt, "turn", turn=1)
    assert (len(happenings), happenings.knows(prompt)) == (0, False)
    happenings.tell("x" * 512, "turn", turn=1)
    assert len(happenings) == 1


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans())))
def test_whatever_happens_no_more_conversations_are_known_than_may_be(
    happened: list[tuple[str, bool]],
) -> None:
    happenings = Happenings(most=4)
    watches: list[tuple[str, Watch]] = []
    for conversation, is_watched in happened:
        happenings.tell(conversation, "turn", turn=1)
        if is_watched and len(watches) < 3:
            watches.append((conversation, happenings.watch(conversation, nothing)))
        assert len(happenings) <= 4
    assert all(happenings.knows(conversation) for conversation, _ in watches)


def test_a_forgotten_conversation_is_told_to_its_watchers_and_gone() -> None:
    happenings = Happenings()
    happenings.tell("conv_1", "associated", images=1)
    watch = happenings.watch("conv_1", nothing)
    over = [watch.is_over]
    happenings.tell("conv_1", "forgotten")
    assert [*over, watch.is_over] == [False, True]
    assert [event.kind for event in watch.news()] == ["associated", "forgotten"]
    assert len(happenings) == 0
    assert happenings.watch("conv_1", nothing).news() == []


@pytest.mark.parametrize("kind", ["answered", "forgotten"])
def test_the_end_of_a_turn_brings_no_forgotten_conversation_back(kind: Kind) -> None:
    happenings = Happenings()
    happenings.tell("conv_1", "turn", turn=1)
    happenings.tell("conv_1", "forgotten")
    happenings.tell("conv_1", kind)
    assert not happenings.knows("conv_1")


def test_who_comes_back_is_told_what_it_has_not_got() -> None:
    now = 1_000.0
    happenings = Happenings(clock=lambda: now)
    for turn in range(4):
        happenings.tell("conv_1", "turn", turn=turn)
    numbers = [event.number for event in happenings.watch("conv_1", nothing).news()]
    assert numbers == [1_000_001, 1_000_002, 1_000_003, 1_000_004]
    again = happenings.watch("conv_1", nothing, after=numbers[1])
    assert [event.number for event in again.news()] == numbers[2:]
    assert happenings.watch("conv_1", nothing, after=numbers[3]).news() == []
    other_process = happenings.watch("conv_1", nothing, after=numbers[3] + 1)
    assert [event.number for event in other_process.news()] == numbers


def test_numbers_grow_though_a_conversation_was_forgotten_or_the_process_is_another() -> None:
    now = 1_000.0
    happenings = Happenings(clock=lambda: now)
    happenings.tell("conv_1", "turn", turn=1)
    (before,) = happenings.watch("conv_1", nothing).news()
    happenings.tell("conv_1", "forgotten")
    now = 1_001.0
    for again in (happenings, Happenings(clock=lambda: now)):
        again.tell("conv_1", "turn", turn=1)
        (event,) = again.watch("conv_1", nothing, after=before.number).news()
        assert event.number > before.number


def test_watchers_are_so_many_and_who_leaves_makes_room() -> None:
    happenings = Happenings()
    watches = [happenings.watch("conv_1", nothing) for _ in range(WATCHERS)]
    with pytest.raises(TooMany, match="watch this conversation already") as full:
        happenings.watch("conv_1", nothing)
    assert full.value.retry_after
    others = [happenings.watch(f"c{at}", nothing) for at in range(ALL_WATCHERS - WATCHERS)]
    with pytest.raises(Busy) as busy:
        happenings.watch("conv_2", nothing)
    assert busy.value.retry_after
    happenings.leave(watches[0])
    happenings.leave(watches[0])
    happenings.watch("conv_2", nothing)
    with pytest.raises(Busy):
        happenings.watch("conv_3", nothing)
    for watch in others:
        happenings.leave(watch)
    happenings.watch("conv_1", nothing)


def test_what_was_not_heard_of_for_long_is_let_go_of_unless_somebody_watches() -> None:
    now = 0.0
    happenings = Happenings(clock=lambda: now)
    for conversation in ("conv_1", "conv_2", "conv_3"):
        happenings.tell(conversation, "turn", turn=1)
    watch = happenings.watch("conv_1", nothing)
    now = 5.0
    happenings.tell("conv_2", "turn", turn=2)
    now = 11.0
    happenings.let_go(10.0)
    assert [happenings.knows(f"conv_{at}") for at in (1, 2, 3)] == [True, True, False]
    happenings.leave(watch)
    happenings.let_go(10.0)
    assert [happenings.knows(f"conv_{at}") for at in (1, 2, 3)] == [False, True, False]


def test_closing_ends_every_watch_and_those_that_begin_after() -> None:
    happenings, woken = Happenings(), list[bool]()
    watch = happenings.watch("conv_1", lambda: woken.append(True))
    happenings.close()
    assert (watch.is_over, woken) == (True, [True])
    assert happenings.watch("conv_1", nothing).is_over
    assert happenings.watch("conv_2", nothing).is_over


def test_one_watch_can_end_while_others_go_on() -> None:
    happenings = Happenings()
    one, other = (happenings.watch("conv_1", nothing) for _ in range(2))
    one.end()
    assert (one.is_over, other.is_over) == (True, False)
