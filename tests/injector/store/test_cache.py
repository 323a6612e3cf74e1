import threading
from collections import OrderedDict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from injector.store.cache import Cache

NAMES = st.sampled_from("abcdef")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), NAMES, st.binary(max_size=12)),
        st.tuples(st.just("get"), NAMES, st.none()),
        st.tuples(st.just("drop"), st.lists(NAMES, max_size=3), st.none()),
    ),
    max_size=60,
)


@given(st.integers(0, 30), STEPS)
def test_it_gives_what_was_put_and_never_passes_its_bound(
    bound: int, steps: list[tuple[str, Any, Any]]
) -> None:
    cache, expected = Cache(bound), OrderedDict[str, bytes]()
    for verb, name, value in steps:
        if verb == "put":
            cache.put(name, value)
            expected.pop(name, None)
            if len(value) <= bound:
                expected[name] = value
            while sum(map(len, expected.values())) > bound:
                expected.popitem(last=False)
        elif verb == "get":
            assert cache.get(name) == expected.get(name)
            if name in expected:
                expected.move_to_end(name)
        else:
            cache.drop(name)
            for one in name:
                expected.pop(one, None)
        assert cache.size == sum(map(len, expected.values())) <= bound
        assert len(cache) == len(expected)
    assert {name: cache.get(name) for name in expected} == expected


def test_the_least_recently_used_leaves_first() -> None:
    cache = Cache(6)
    for name in "abc":
        cache.put(name, b"..")
    cache.get("a")
    cache.put("d", b"..")
    assert [name for name in "abcd" if cache.get(name)] == ["a", "c", "d"]


def test_what_can_never_fit_drives_nothing_out() -> None:
    cache = Cache(4)
    cache.put("a", b"....")
    cache.put("b", b".....")
    assert (cache.get("a"), cache.get("b")) == (b"....", None)


def test_several_threads_may_use_it() -> None:
    cache = Cache(50)

    def use(seed: int) -> None:
        for step in range(2000):
            name = str((step * seed) % 17)
            cache.put(name, name.encode() * 5)
            assert cache.get(name) in {None, name.encode() * 5}
            cache.drop([str(step % 5)])

    threads = [threading.Thread(target=use, args=(seed,)) for seed in (1, 2, 3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [cache.get(str(number)) for number in range(17)]
    assert cache.size == sum(len(value) for value in held if value) <= 50
