from injector.stopwatch import Stopwatch


def test_each_part_is_booked_in_its_order() -> None:
    watch = Stopwatch()
    watch.lap("locate")
    watch.lap("store")
    watch.book("connect", 0.0)
    assert list(watch.parts) == ["locate", "store", "connect"]
    assert all(spent >= 0 for spent in watch.parts.values())


def test_a_lap_is_the_time_since_the_last_one() -> None:
    watch = Stopwatch(last=0.0)
    watch.lap("since the clock began")
    began = watch.last
    watch.lap("since then")
    assert watch.parts["since the clock began"] == began * 1000
    assert watch.parts["since then"] < watch.parts["since the clock began"]


def test_a_part_that_comes_again_grows_and_keeps_its_place() -> None:
    watch = Stopwatch()
    watch.book("connect", 1.5)
    watch.book("first_byte", 20)
    watch.book("connect", 2.25)
    assert watch.header() == "connect;dur=3.75, first_byte;dur=20.00"
