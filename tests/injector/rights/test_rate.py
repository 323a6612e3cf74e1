"""How often a minute."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.config import Browser
from contract.errors import TooMany
from injector.rights.rate import MOST, WINDOW, Rates, Window


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Start = Callable[..., Rates]


@pytest.fixture
def start(clock: Clock) -> Start:
    def started(uploads: int = 3, associations: int = 5) -> Rates:
        return Rates(Browser(uploads=uploads, associations=associations), clock)

    return started


def test_one_address_may_make_so_many_in_a_minute(start: Start, clock: Clock) -> None:
    rates = start()
    for moment in (0, 10, 20):
        clock.now = 1000 + moment
        rates.count("upload", "10.0.0.1")
    with pytest.raises(TooMany, match="this address has made as many uploads") as refused:
        rates.count("upload", "10.0.0.1")
    assert "injector.browser.uploads allows (3); try again in 40 s" in str(refused.value)
    assert (refused.value.http_status, refused.value.retry_after) == (429, 40)
    clock.now += 40
    rates.count("upload", "10.0.0.1")
    with pytest.raises(TooMany):
        rates.count("upload", "10.0.0.1")


def test_uploads_and_associations_addresses_and_tickets_count_apart(start: Start) -> None:
    rates = start(uploads=1, associations=1)
    rates.count("upload", "10.0.0.1", "u1")
    rates.count("association", "10.0.0.1", "u1")
    rates.count("upload", "10.0.0.2", "u2")
    rates.count("upload", "u1")
    with pytest.raises(TooMany, match="this address has made"):
        rates.count("upload", "10.0.0.1", "u3")
    with pytest.raises(TooMany, match="the holder of this ticket has made as many associations"):
        rates.count("association", "10.0.0.3", "u1")


def test_a_request_that_one_of_the_two_refuses_counts_for_neither(start: Start) -> None:
    rates = start(uploads=1)
    rates.count("upload", "10.0.0.1", "u1")
    for _ in range(3):
        with pytest.raises(TooMany):
            rates.count("upload", "10.0.0.2", "u1")
        with pytest.raises(TooMany):
            rates.count("upload", "10.0.0.1", "u2")
    rates.count("upload", "10.0.0.2", "u2")


def test_off_is_any_number(start: Start) -> None:
    rates = start(uploads=0)
    for _ in range(10_000):
        rates.count("upload", "10.0.0.1", "u1")


def test_waiting_less_than_a_second_is_told_as_one(start: Start, clock: Clock) -> None:
    rates = start(uploads=1)
    rates.count("upload", "a")
    clock.now += WINDOW - 0.001
    with pytest.raises(TooMany) as refused:
        rates.count("upload", "a")
    assert refused.value.retry_after == 1


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 30)), max_size=60),
)
def test_in_any_minute_nobody_gets_more_and_retry_after_is_the_truth(
    limit: int, asked: list[tuple[str, float]]
) -> None:
    clock = Clock()
    rates = Rates(Browser(uploads=limit), clock)
    let: dict[str, list[float]] = {"a": [], "b": []}
    for client, pause in asked:
        clock.now += pause
        recent = [moment for moment in let[client] if moment + WINDOW > clock.now]
        if len(recent) < limit:
            rates.count("upload", client)
            let[client].append(clock.now)
            continue
        with pytest.raises(TooMany) as refused:
            rates.count("upload", client)
        assert refused.value.retry_after is not None
        assert 0 <= refused.value.retry_after - (recent[0] + WINDOW - clock.now) < 1


@given(st.integers(1, 5), st.lists(st.integers(0, 40), max_size=200))
def test_memory_is_bounded_whoever_asks(most: int, clients: list[int]) -> None:
    window = Window(2, most)
    for moment, client in enumerate(clients):
        window.note(str(client), float(moment))
        assert len(window) <= most


def test_a_flood_of_addresses_pushes_out_the_one_that_was_heard_of_least_lately() -> None:
    window = Window(1, most=100)
    window.note("early", 0.0)
    window.note("late", 1.0)
    for number in range(99):
        window.note(f"flood {number}", 2.0)
    assert len(window) == 100
    assert window.wait("early", 3.0) == 0
    assert window.wait("late", 3.0) == pytest.approx(58)
    assert MOST >= 1000


def test_who_is_heard_of_again_is_not_the_first_to_be_forgotten() -> None:
    window = Window(2, most=2)
    for moment, client in enumerate(["a", "b", "a", "c"]):
        window.note(client, float(moment))
    window.note("a", 4.0)
    assert window.wait("a", 5.0) > 0


def test_one_client_takes_no_more_memory_however_often_it_asks() -> None:
    window = Window(3)
    for moment in range(1000):
        window.note("a", float(moment))
    assert len(window._moments["a"]) == 3


def test_who_has_not_been_heard_of_for_a_minute_is_forgotten() -> None:
    window = Window(5)
    for number in range(1000):
        window.note(str(number), number / 1000)
    window.note("new", 1 + WINDOW)
    assert len(window) == 1
