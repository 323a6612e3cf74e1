"""A body in which nothing that stood in an earlier one is written again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from capture.report.body import Bodies, Home
from capture.report.marks import Mark
from capture.report.pictures import Pictures
from capture.report.tree import MOST, Tree
from contract.fieldpath import parse

FIRST, SECOND = Home("e1", "turn 1"), Home("e2", "turn 2")
TOOLS = [{"type": "function", "function": {"name": f"tool_{at}"}} for at in range(9)]
ID = "conv_9801m4394evfexfsqb05pv6z39x3"


@pytest.fixture
def bodies() -> Bodies:
    return Bodies(Tree(Pictures()))


def said(*words: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": word} for word in words]


def body(messages: list[Any], **more: Any) -> bytes:
    return json.dumps({"messages": messages, "model": "gpt-4o", **more}).encode()


def test_what_was_written_is_referred_to(bodies: Bodies) -> None:
    first = bodies.html(body(said("one", "two"), tools=TOOLS), "", (), FIRST)
    second = bodies.html(body(said("one", "two", "three"), tools=TOOLS), "", (), SECOND)
    assert re.findall(r'id="(m\d+)"', first) == [f"m{at}" for at in range(1, 12)]
    assert "one" not in second
    assert "three" in second
    assert re.findall(r'data-parts="([^"]+)"', second) == ["1-2", "3-11"]
    assert '/messages/0 to /1 <span class="note">as in turn 1</span>' in second
    assert 'It stands in <a href="#e1">turn 1</a>.' in second


def test_a_part_is_where_it_was_first_and_named_for_where_it_was_last(bodies: Bodies) -> None:
    bodies.html(body(said("one")), "", (), FIRST)
    bodies.html(body(said("one", "two")), "", (), SECOND)
    third = bodies.html(body(said("one", "two", "three")), "", (), Home("e3", "turn 3"))
    assert re.findall(r'data-parts="([^"]+)"', third) == ["1-2"]
    assert '<a href="#e2">turn 2</a>' in third


def test_the_page_grows_with_what_is_new_not_with_the_history(bodies: Bodies) -> None:
    words = [f"word {at} " * 20 for at in range(200)]
    sizes = [len(bodies.html(body(said(*words[:at])), "", (), FIRST)) for at in range(1, 200)]
    assert max(sizes) < 2 * sizes[1]


def test_of_many_elements_the_rest_is_counted(bodies: Bodies) -> None:
    made = bodies.html(body(said(*map(str, range(MOST + 5)))), "", (), FIRST)
    assert "⟨5 more of them are left out here⟩" in made
    again = bodies.html(body(said(*map(str, range(MOST + 5)))), "", (), SECOND)
    assert f'data-parts="1-{MOST}"' in again
    many = bodies.html(json.dumps({str(at): at for at in range(MOST + 7)}).encode(), "", (), FIRST)
    assert "⟨7 more of them are left out here⟩" in many


def test_what_differs_in_the_last_digit_is_not_the_same(bodies: Bodies) -> None:
    one, other = (
        f'{{"a": [{{"n": {n}}}], "b": {{"n": {n}, "pad": "{"x" * 100}"}}}}'.encode()
        for n in ("1.10", "1.1")
    )
    bodies.html(one, "", (), FIRST)
    assert "again" not in bodies.html(other, "", (), SECOND)
    assert "again" in bodies.html(one, "", (), SECOND)


def test_a_mark_in_what_was_written_before_is_named_again(bodies: Bodies) -> None:
    path = parse({"from": "$request.body#/messages/0/content", "match": "(conv_[a-z0-9]+)"})
    value, marks = body(said(f"The conversation is {ID}.")), [Mark(path, ID, sure=True)]
    bodies.html(value, "", marks, FIRST)
    second = bodies.html(value, "", marks, SECOND)
    assert f"<mark>{ID}</mark>" in second
    assert "▲ $request.body#/messages/0/content match (conv_[a-z0-9]+)" in second


def test_a_key_that_occurs_twice_is_shown_twice(bodies: Bodies) -> None:
    made = bodies.html(b'{"a": 1, "a": 2}', "", (), FIRST)
    assert made.count('<span class="key">') == 2


KINDS: dict[str, tuple[bytes, str, str]] = {
    "text": (b"a < b", "text/plain", '<div class="raw">a &lt; b</div>'),
    "broken JSON": (b'{"a": ', "application/json", '<div class="raw">{&#34;a&#34;: </div>'),
    "a scalar": (b"7", "application/json", '<div class="raw">7</div>'),
    "a list": (b"[1, 2]", "application/json", '<span class="atom">1</span>'),
    "bytes": (b"\xff\xfe", "", "⟨2 bytes that are no text⟩"),
    "an empty object": (b"{}", "", "<div>{</div>"),
    "a byte order mark": (b'\xef\xbb\xbf{"a": 1}', "", '<span class="atom">1</span>'),
    "nested deep": (b"[" * 500 + b"]" * 500, "", '<div class="raw">[[['),
    "nested too deep": (b"[" * 100_000, "", '<div class="raw">[[['),
    "no picture": (b"nothing", "image/png", "no picture that can be decoded"),
}


@pytest.mark.parametrize(("data", "kind", "shown"), KINDS.values(), ids=KINDS)
def test_every_kind_of_body_is_shown(bodies: Bodies, data: bytes, kind: str, shown: str) -> None:
    assert shown in bodies.html(data, kind, (), FIRST)


def test_a_picture_is_shown(bodies: Bodies) -> None:
    photo = Path(__file__).parents[3] / "rehearsal" / "photos" / "rocket.jpg"
    assert "picture 1" in bodies.html(photo.read_bytes(), "image/jpeg", (), FIRST)


def test_a_large_member_is_referred_to_as_well(bodies: Bodies) -> None:
    value = json.dumps({"instructions": "Be kind. " * 20, "model": "gpt-4o"}).encode()
    bodies.html(value, "", (), FIRST)
    second = bodies.html(value, "", (), SECOND)
    assert "Be kind" not in second
    assert '<span class="key">&#34;instructions&#34;</span>: <span class="note">as in' in second
    assert "gpt-4o" in second
