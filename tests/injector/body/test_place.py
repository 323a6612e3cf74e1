"""Anchored: each picture stays where it was shared, so what the model has read can be kept."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injector.body import Api
from injector.body.place import content_digest, placed
from injector.shared import Anchor, Shared
from tests.injector.body.asking import picture, relay
from tests.injector.body.drawing import values

A, B, C = (picture(name) for name in (b"AAA", b"BBB", b"CCC"))


def anchor(ordinal: int, content: Any) -> Anchor:
    return Anchor(ordinal, content_digest(content))


@pytest.mark.parametrize(
    ("given_anchor", "contents", "at", "new"),
    [
        # never shown: with the last words
        (None, ["hi"], 0, anchor(0, "hi")),
        (None, ["hi", "and?"], 1, anchor(1, "and?")),
        # where it was
        (anchor(0, "hi"), ["hi", "and?"], 0, None),
        (anchor(1, "and?"), ["hi", "and?"], 1, None),
        # the history has lost or gained messages
        (anchor(2, "and?"), ["hi", "and?"], 1, None),
        (anchor(0, "and?"), ["hi", "and?", "so"], 1, None),
        # of equal messages the nearest, and of two as near the earlier
        (anchor(2, "yes"), ["yes", "no", "yes", "yes"], 2, None),
        (anchor(3, "yes"), ["yes", "no", "yes", "no"], 2, None),
        (anchor(1, "yes"), ["yes", "no", "yes"], 0, None),
        # the same turn with a revised transcript
        (anchor(1, "an"), ["hi", "and?"], 1, anchor(1, "and?")),
        # the turn has vanished, or was revised afterwards
        (anchor(1, "an"), ["hi", "and?", "so"], 0, None),
        (anchor(7, "an"), ["hi", "and?"], 0, None),
    ],
)
def test_a_picture_stands_where_it_was_shared(
    given_anchor: Anchor | None, contents: list[Any], at: int, new: Anchor | None
) -> None:
    assert placed(given_anchor, contents) == (at, new)


def test_the_same_content_is_known_however_it_is_written() -> None:
    written = [r'"a\u00e9\/ \ud83d\ude00"', '"aé/ 😀"']
    assert len({content_digest(json.loads(text)) for text in written}) == 1
    parts = [{"type": "text", "text": "hi"}]
    different = ["hi", "hi ", parts, [], "", None, "\ud800"]
    assert len({content_digest(content) for content in different}) == len(different)


class Conversation:
    """The endpoint's side of a conversation: what the store keeps from turn to turn."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.shared: list[Shared] = []

    def turn(self, messages: list[str], new: list[Shared]) -> str:
        """Relay a turn for which pictures were shared, and return its messages as text."""
        self.shared += new
        key = "messages" if self.api is Api.CHAT else "input"
        body = f'{{"{key}":[{",".join(messages)}]}}'
        out, found = relay(body, self.shared, api=self.api, placement="anchored")
        self._keep(found.anchors)
        return out.removeprefix(f'{{"{key}":[').removesuffix("]}")

    def _keep(self, anchors: Mapping[str, Anchor]) -> None:
        self.shared = [
            replace(it, anchor=anchors.get(it.picture.digest, it.anchor)) for it in self.shared
        ]


contents = st.text(max_size=5).map(json.dumps) | st.sampled_from(
    ['"yes"', r'"\u0079es"', "null", "[]", '[ {"type":"text","text":"a"} ]']
)


@st.composite
def said(draw: st.DrawFn, role: str) -> str:
    extra = draw(st.sampled_from(["", ',"models":{}', ',"x":1.10']))
    return f'{{"role":"{role}"{extra},"content":{draw(contents)}}}'


@given(st.sampled_from(Api), st.data())
def test_the_messages_of_every_turn_are_the_beginning_of_the_next_turns(
    api: Api, data: st.DataObject
) -> None:
    conversation, history, before = Conversation(api), [data.draw(said("system"))], ""
    left = [A, B, C]
    for _ in range(data.draw(st.integers(1, 5))):
        history.append(data.draw(said("user")))
        count = data.draw(st.integers(0, len(left)))
        new, left = [Shared(it) for it in left[:count]], left[count:]
        for more in ([], *data.draw(st.lists(st.just(["assistant", "tool"]), max_size=2))):
            history += [data.draw(said(role)) for role in more]
            now = conversation.turn(history, new)
            assert now.startswith(before)
            before, new = now, []
        history.append(data.draw(said("assistant")))


RECORDED = """\
{"role": "system", "content": "You are Sight, a voice agent. \\u00dcber alles."}
{"role": "assistant", "content": "Hello! How can I help?"}
{"role": "user", "content": "Hi, I have just shared a picture. Can you see it?"}
?
{"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function", \
"function": {"name": "make_a_note", "arguments": "{}"}}]}
{"role": "tool", "tool_call_id": "call_1", "content": "noted"}
?
{"role": "assistant", "content": "Yes, a cat."}
{"role": "user", "content": "..."}
?
{"role": "assistant", "content": "Are you still there?"}
{"role": "user", "content": "Here is another one."}
?
{"role": "assistant", "content": "A cup of coffee."}
{"role": "user", "content": [{"type": "text", "text": "Which was first?"}]}
?"""
"""A conversation as a platform sends it, a message a line; `?` is where the model is asked."""


def turns() -> list[list[str]]:
    lines = RECORDED.split("\n")
    asked = [at for at, line in enumerate(lines) if line == "?"]
    return [[line for line in lines[:at] if line != "?"] for at in asked]


def test_a_conversation_with_tools_is_relayed_as_one_that_only_grows() -> None:
    conversation, before = Conversation(Api.CHAT), ""
    shared = {0: [Shared(A)], 3: [Shared(B), Shared(C)]}
    for number, history in enumerate(turns()):
        now = conversation.turn(history, shared.get(number, []))
        assert now.startswith(before)
        before = now
    users = [it for it in json.loads(f"[{before}]") if it["role"] == "user"]
    shown = [
        [part["image_url"]["url"] for part in it["content"] if part["type"] == "image_url"]
        for it in users
        if isinstance(it["content"], list)
    ]
    first, *second = (json.loads(it.part) for it in (A, B, C))
    assert shown == [[first], second, []]  # what nobody shared anything with is as it was


def test_the_last_words_have_all_pictures_where_nothing_is_anchored() -> None:
    (*_, history) = turns()
    body = f'{{"messages":[{",".join(history)}]}}'
    kept = [Shared(A, anchor(0, "Hi, I have just shared a picture. Can you see it?")), Shared(B)]
    out, found = relay(body, kept, placement="last_user")
    assert json.loads(out)["messages"][-1]["content"][0]["text"] == "Which was first?"
    assert len(json.loads(out)["messages"][-1]["content"]) == 3
    assert (found.attached, dict(found.anchors)) == (2, {})


def test_a_picture_whose_turn_has_vanished_stays_with_the_first_words() -> None:
    messages = '{"role":"user","content":"first"},{"role":"user","content":"second"}'
    out, found = relay(
        f'{{"messages":[{messages}]}}', [Shared(A, anchor(4, "gone"))], placement="anchored"
    )
    first, second = json.loads(out)["messages"]
    assert [part["type"] for part in first["content"]] == ["text", "image_url"]
    assert second == {"role": "user", "content": "second"}
    assert dict(found.anchors) == {}


def test_a_revised_transcript_takes_its_picture_along() -> None:
    kept = [Shared(A, anchor(0, "Can you se"))]
    out, found = relay(
        '{"messages":[{"role":"user","content":"Can you see it?"}]}', kept, placement="anchored"
    )
    assert len(json.loads(out)["messages"][0]["content"]) == 2
    assert dict(found.anchors) == {A.digest: anchor(0, "Can you see it?")}


def test_an_input_that_is_a_text_is_the_first_message() -> None:
    out, found = relay('{"input":"hi"}', [Shared(A)], api=Api.RESPONSES, placement="anchored")
    assert dict(found.anchors) == {A.digest: anchor(0, "hi")}
    assert json.loads(out)["input"][0]["content"][0]["text"] == "hi"


@given(st.lists(values.map(json.loads), min_size=1), st.integers(0, 9), values.map(json.loads))
def test_every_picture_has_a_place_and_only_one(
    contents: list[Any], ordinal: int, content: Any
) -> None:
    at, new = placed(anchor(ordinal, content), contents)
    assert 0 <= at < len(contents)
    assert placed(new or anchor(ordinal, content), contents)[0] == at
