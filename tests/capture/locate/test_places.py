"""Every place of a request at which an ID could stand, read as the endpoint reads it."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.locate.places import CANNOT, Table
from contract.exchange import Request
from contract.fieldpath import FieldPath, parse
from contract.roles import id_at

ID = "conv_9801m4394evfexfsqb05pv6z39x3"
OTHER = "conv_0101zzzz4evfexfsqb05pv6zzzzz"


def a_request(
    body: Any = None, url: str = "http://h/v1/chat/completions", **headers: str
) -> Request:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Request("POST", url, named, json.dumps(body).encode())


def places(request: Request, known_ids: Sequence[str] = ()) -> list[FieldPath]:
    return list(Table([request], known_ids).columns)


def prompt(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "system", "content": text}]}


WHOLE = {
    "header": (a_request(X_Any=ID), "$request.header.x-any"),
    "query": (a_request(url=f"http://h/v1?a=1&s={ID}"), "$request.query.s"),
    "query, encoded": (a_request(url=f"http://h/v1?s=%63{ID[1:]}"), "$request.query.s"),
    "segment": (a_request(url=f"http://h/v1/{ID}/chat"), "$request.path.1"),
    "body": (a_request({"a": {"b": [0, {"c": ID}]}}), "$request.body#/a/b/1/c"),
    "body, odd keys": (a_request({"a/b": {"~": ID}}), "$request.body#/a~1b/~0"),
    "body, empty key": (a_request({"": ID}), "$request.body#/"),
    "whole prompt": (a_request(prompt(ID)), "$request.body#/messages/0/content"),
}


@pytest.mark.parametrize(("request_", "expression"), WHOLE.values(), ids=WHOLE)
def test_a_whole_value_is_a_place(request_: Request, expression: str) -> None:
    path = parse(expression)
    assert path in set(places(request_))
    assert path.find(request_) == ID


def test_a_number_is_a_place() -> None:
    assert parse("$request.body#/n") in set(places(a_request({"n": 12345678901234567890})))


TEXTS = {
    "colon": "Conversation ID: {}",
    "equals sign": "session={};",
    "sentence": "The conversation is {}.",
    "quoted": 'conversation_id: "{}"',
    "JSON": '{{"conversation_id": "{}"}}',
    "tag": "<conversation>{}</conversation>",
    "spaced tag": "<conversation> {} </conversation>",
    "bare": "see {}, please",
    "in brackets": "Call ({})",
    "over lines": "# Conversation\nID:\n{}\nBe brief.",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_word_in_the_prompt_is_a_place_that_holds_for_another_conversation(text: str) -> None:
    here, there = (a_request(prompt(text.format(one))) for one in (ID, OTHER))
    found = [path for path in places(here) if path.match and path.find(here) == ID]
    assert found
    for path in found:
        assert ID not in (path.match or "")
        assert path.find(there) == OTHER


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_known_id_in_the_prompt_is_found_whatever_its_form(text: str) -> None:
    known, other = "b7/x_91+2", "c8/y_02+3"
    del other
    here = a_request(prompt(text.format("K4711")))
    assert any(path.find(here) == "K4711" for path in places(here, ["K4711"])), known


NO_PLACES = {
    "what a person said": {"messages": [{"role": "user", "content": f"session: {ID}"}]},
    "what a model said": {"messages": [{"role": "assistant", "content": f"session: {ID}"}]},
    "what a tool answered": {"messages": [{"role": "tool", "tool_call_id": ID, "content": ID}]},
    "messages that are no objects": {"messages": [ID]},
    "an object of messages": {"messages": {"a": {"role": "user", "content": ID}}},
    "Responses input as a text": {"input": ID},
    "Responses input": {"input": [{"role": "user", "content": ID}]},
}


@pytest.mark.parametrize("body", NO_PLACES.values(), ids=NO_PLACES)
def test_what_was_said_is_no_place(body: Any) -> None:
    request = a_request(body)
    assert [path for path in places(request, [ID]) if path.find(request) == ID] == []


def test_a_word_of_a_header_is_a_place() -> None:
    request = a_request(X_Context=f"lang=en; session={ID}")
    assert any(path.match and path.find(request) == ID for path in places(request))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.lists(json_values, min_size=1, max_size=3),
    st.text(),
    st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=3),
)
def test_every_value_is_the_one_that_the_endpoint_would_read(
    bodies: list[Any], text: str, headers: list[tuple[str, str]]
) -> None:
    requests = [
        Request(
            "POST",
            f"http://h/{text}",
            tuple(headers),
            json.dumps(
                {"messages": [{"role": "system", "content": f"{text} id: {at}x"}], "x": body}
            ).encode(),
        )
        for at, body in enumerate(bodies)
    ]
    table = Table(requests, [text] if text else [])
    for path, column in table.columns.items():
        for value, request in zip(column, requests, strict=True):
            read = id_at(path, request)
            assert (value or None) == (None if read and len(read) > 256 else read)


class TestWhatCannotCarryIt:
    def test_is_a_turn_without_messages(self) -> None:
        spoken = [a_request(prompt(f"Session id: {it}7")) for it in "ab"]
        turns = [a_request({"messages": []}), *spoken]
        columns = Table(turns).columns
        assert (CANNOT, "a7", "b7") in columns.values()

    def test_is_a_variable_that_was_left_as_it_is(self) -> None:
        turns = [a_request({"s": "{{system__conversation_id}}"}), a_request({"s": "a1"})]
        assert Table(turns).columns[parse("$request.body#/s")] == (CANNOT, "a1")

    def test_is_not_a_turn_that_could(self) -> None:
        turns = [a_request({"s": None}), a_request({}), a_request({"s": "a1"})]
        assert Table(turns).columns[parse("$request.body#/s")] == (None, None, "a1")


def test_tools_that_are_the_same_everywhere_are_counted_and_not_walked() -> None:
    tools = [{"type": "function", "function": {"name": "end_call"}}]
    table = Table([a_request({"tools": tools, "n": at}) for at in (1, 2)])
    assert table.constant == 2
    assert [str(path) for path in table.columns if path.place == "body"] == ["$request.body#/n"]
    table = Table([a_request({"tools": tools}), a_request({"tools": []})])
    assert (table.constant, len(table.columns)) == (0, 2)


def test_a_value_is_named_by_the_name_beside_it() -> None:
    table = Table([a_request({"metadata": [{"name": "conversation_id", "value": "a1"}]})])
    assert table.contexts[parse("$request.body#/metadata/0/value")] == "conversation_id"


def test_the_route_itself_is_no_place() -> None:
    request = a_request({}, url="http://h/sessions/a1/v1/chat/completions")
    assert [str(it) for it in places(request)] == ["$request.path.0", "$request.path.1"]


def test_a_word_that_is_the_whole_value_is_no_other_place() -> None:
    turns = [a_request(X_Session=f"urn:uuid:{it * 8}-1111-4111-8111-{it * 12}") for it in "ab"]
    table = Table(turns)
    whole = table.columns[parse("$request.header.x-session")]
    assert [path.match for path, column in table.columns.items() if column == whole] == [None]


def test_what_one_text_says_against_a_word_counts_more() -> None:
    turns = [
        a_request(X_Context="session=a1b2; lang=en"),
        a_request(X_Context="previous_session=c3d4; session=e5f6"),
    ]
    table = Table(turns)
    named = {path.match: name for path, name in table.contexts.items() if path.match}
    assert any("previous_session" in name for name in named.values())
