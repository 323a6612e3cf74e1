"""Where in a request a value stands, and which values are IDs."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contract import fieldpath
from contract.errors import FieldPathError
from contract.exchange import Headers, Request
from contract.fieldpath import (
    FieldPath,
    cut,
    finder,
    is_placeholder,
    parse,
    pointer,
    resolve,
    steps_of,
)

TOKEN = st.text("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz", min_size=1)
SEGMENT = st.integers(0, 10**18 - 1).map(str)
STEPS = st.lists(st.text(), min_size=1).map(tuple)
MATCHES = st.none() | st.sampled_from(["x", "id=([a-z]+)", r"(?i)\bconv_(?:\w+)", "é|ü"])

paths = (
    st.builds(FieldPath, st.just("header"), st.tuples(TOKEN), MATCHES)
    | st.builds(FieldPath, st.just("query"), st.tuples(st.text(min_size=1)), MATCHES)
    | st.builds(FieldPath, st.just("path"), st.tuples(SEGMENT), MATCHES)
    | st.builds(FieldPath, st.just("body"), STEPS, MATCHES)
)

RFC_6901 = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


def posted(body: Any) -> Request:
    return Request("POST", "https://example.test/", (), json.dumps(body).encode())


def find(path: object, request: Request) -> str | None:
    return parse(path).find(request)


def documented(column: int) -> list[str]:
    """Return the field paths in a column of the docstring's table: 0 passes, 1 fails."""
    assert fieldpath.__doc__
    rows = fieldpath.__doc__.split("Fails, and why\n")[1].split("\n\n")[0].splitlines()
    return [re.findall("`([^`]+)`", row)[column] for row in rows]


def test_the_table_in_the_docstring_has_rows() -> None:
    assert len(documented(0)) == len(documented(1)) == 5


@pytest.mark.parametrize("text", documented(0))
def test_what_the_docstring_says_passes_passes(text: str) -> None:
    assert str(parse(text)).lower() == text.lower()


@pytest.mark.parametrize("text", documented(1))
def test_what_the_docstring_says_fails_fails(text: str) -> None:
    with pytest.raises(FieldPathError, match=r"is no field path"):
        parse(text)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "$request",
        "$request.",
        "$request.header",
        "$request.header.a b",
        "$request.header.é",
        "$request.query.",
        "$request.query",
        "$request.path.",
        "$request.path.01",
        "$request.path.1.5",
        "$request.path.one",
        "$request.path.٣",
        "$request.path." + "9" * 5000,
        "$request.body",
        "$request.body#",
        "$request.body#a",
        "$request.body#/a~",
        "$request.body.a",
        "$request.method",
        "$request.cookie.x",
        "$response.header.x",
        " $request.header.x",
        None,
        7,
        ["$request.header.x"],
        {},
        {"from": "$request.header.x"},
        {"match": "x"},
        {"from": "$request.header.x", "match": ""},
        {"from": "$request.header.x", "match": None},
        {"from": "$request.header.x", "match": "("},
        {"from": "$request.header.x", "match": "a{99999999999999}"},
        {"from": "$request.header.x", "match": "(" * 5000 + ")" * 5000},
        {"from": "$request.header.x", "match": "x", "flags": "i"},
        {"from": "request.header.x", "match": "x"},
        {"from": {"from": "$request.header.x", "match": "x"}, "match": "x"},
    ],
)
def test_what_does_not_follow_the_grammar_is_refused(value: object) -> None:
    with pytest.raises(FieldPathError):
        parse(value)


@given(paths)
def test_every_path_is_read_back_from_its_own_text(path: FieldPath) -> None:
    assert parse(path.as_config()) == path
    bare = FieldPath(path.place, path.keys)
    assert parse(str(bare)) == bare
    assert path.expression == str(bare)


def test_a_match_is_shown_beside_its_path() -> None:
    path = parse({"from": "$request.body#/a", "match": "x(.)"})
    assert str(path) == "$request.body#/a match x(.)"
    assert path.as_config() == {"from": "$request.body#/a", "match": "x(.)"}


@given(STEPS)
def test_a_pointer_is_cut_into_the_steps_that_made_it(steps: tuple[str, ...]) -> None:
    assert steps_of(pointer(steps)) == steps


@given(st.data(), st.lists(st.text() | st.integers(0, 3), min_size=1, max_size=6))
def test_a_value_at_any_place_of_a_body_is_found(
    data: st.DataObject, steps: list[str | int]
) -> None:
    body: Any = "conv_1"
    for step in reversed(steps):
        if isinstance(step, int):
            body = [*data.draw(st.lists(st.none(), min_size=step, max_size=step)), body, "other"]
        else:
            body = {**data.draw(st.dictionaries(st.text(), st.none(), max_size=3)), step: body}
    expression = "$request.body#" + pointer(tuple(str(step) for step in steps))
    assert find(expression, posted(body)) == "conv_1"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", RFC_6901),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
        ("/foo/2", None),
        ("/foo/-", None),
        ("/foo/00", None),
        ("/foo/-1", None),
        ("/foo/bar", None),
        ("/foo/" + "9" * 5000, None),
        ("/foo/0/0", None),
        ("/a", None),
        ("//", None),
    ],
)
def test_the_examples_of_rfc_6901_are_resolved(text: str, value: object) -> None:
    assert resolve(RFC_6901, steps_of(text)) == value


def test_a_step_is_unescaped_once() -> None:
    assert steps_of("/~01") == ("~1",)
    assert find("$request.body#/~01", posted({"~1": "a", "/": "b"})) == "a"


HEADERS: Headers = (("X-Conversation-ID", "first"), ("x-conversation-id", "second"))


@pytest.mark.parametrize("name", ["x-conversation-id", "X-CONVERSATION-ID", "X-Conversation-Id"])
def test_a_header_is_found_in_any_case_and_the_first_counts(name: str) -> None:
    request = Request("POST", "https://example.test/", HEADERS)
    assert find(f"$request.header.{name}", request) == "first"
    assert find("$request.header.x-other", request) is None


def test_two_spellings_of_a_header_are_one_path() -> None:
    assert parse("$request.header.X-Id") == parse("$request.header.x-id")


def test_the_first_header_counts_though_it_is_no_id() -> None:
    request = Request("POST", "https://example.test/", (("x-id", ""), ("x-id", "second")))
    assert find("$request.header.x-id", request) is None


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$request.query.id", "a b+c/é"),
        ("$request.query.session id", "s"),
        ("$request.query.ID", None),
        ("$request.query.empty", None),
        ("$request.query.missing", None),
        ("$request.path.0", "v1"),
        ("$request.path.1", "a/b é"),
        ("$request.path.2", None),
        ("$request.path.3", "responses"),
        ("$request.path.4", None),
    ],
)
def test_query_and_path_are_percent_decoded(path: str, found: str | None) -> None:
    query = "id=a+b%2Bc%2F%C3%A9&id=second&session%20id=s&empty="
    request = Request("POST", f"https://example.test/v1/a%2Fb%20%C3%A9//responses?{query}")
    assert find(path, request) == found


@given(st.text(min_size=1))
def test_any_text_survives_the_url(text: str) -> None:
    assume(fieldpath.tells_apart(text))
    coded = quote(text, safe="")
    request = Request("POST", f"https://example.test/a/{coded}?id={coded}")
    assert find("$request.path.1", request) == text
    assert find("$request.query.id", request) == text


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "7",
        "-0",
        "-7",
        "12345678901234567890123456789",
        "1.10",
        "1.1",
        "0.10",
        "1e400",
        "1E400",
        "1e-400",
        "-1.0",
        "12345678901234567.5",
    ],
)
def test_a_number_is_an_id_as_it_was_written(text: str) -> None:
    request = Request("POST", "/", (), f'{{"id": {text}}}'.encode())
    assert find("$request.body#/id", request) == text


NUMBER = st.from_regex(
    r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?", fullmatch=True
)


@given(NUMBER.filter(str.isascii), NUMBER.filter(str.isascii))
def test_two_different_numbers_are_never_the_same_id(one: str, other: str) -> None:
    assume(one != other)
    ids = {
        find("$request.body#/id", Request("POST", "/", (), f'{{"id":{text}}}'.encode()))
        for text in (one, other)
    }
    assert ids == {one, other}


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "  ",
        {},
        {"id": "a"},
        [],
        ["a"],
        True,
        False,
        "{{system__conversation_id}}",
        "{{ system__conversation_id }}",
        "conv_{{id}}",
        "{{a\nb}}",
        "undefined",
        "null",
        "None",
        " NULL ",
        "nil",
        "NaN",
        "[object Object]",
        "conv_\ufffd",
    ],
)
def test_what_cannot_tell_two_conversations_apart_is_no_id(value: object) -> None:
    assert find("$request.body#/id", posted({"id": value})) is None


@pytest.mark.parametrize("value", ["0", "false", "{{", "}}{{", "{id}", "nullable", "a b", "x{{y}"])
def test_an_unusual_text_is_an_id_all_the_same(value: str) -> None:
    assert find("$request.body#/id", posted({"id": value})) == value
    assert not is_placeholder(value)


def test_bytes_that_are_no_utf8_tell_nobody_apart() -> None:
    """Both would be the same replacement character."""
    for byte in ("%FE", "%FF"):
        request = Request("POST", f"https://example.test/{byte}?id={byte}")
        assert find("$request.path.0", request) is None
        assert find("$request.query.id", request) is None


@pytest.mark.parametrize("body", [b"", b"id=7", b"[1", b"7", b'"text"', b"null", b"\xff"])
def test_a_body_without_that_place_has_no_id(body: bytes) -> None:
    assert find("$request.body#/id", Request("POST", "/", (), body)) is None


SPOKEN = "Conversation: conv_1, sid=; then conversation: conv_2."


@pytest.mark.parametrize(
    ("match", "found"),
    [
        (r"conv_[0-9]+", "conv_1"),
        (r"conversation: (conv_[0-9]+)", "conv_2"),
        (r"(?i)conversation: (conv_[0-9]+)", "conv_1"),
        (r"(?:C|c)onversation: (\w+), (\w+)", "conv_1"),
        (r"(?P<id>conv_2)", "conv_2"),
        (r"(absent)|conv_1", None),
        (r"sid=([a-z]*)", None),
        (r"absent", None),
        (r"^conv_1", None),
        (r"conv_1.*$", "conv_1, sid=; then conversation: conv_2."),
    ],
)
def test_a_match_cuts_the_first_group_or_else_the_whole_match(
    match: str, found: str | None
) -> None:
    path = {"from": "$request.body#/messages/0/content", "match": match}
    assert find(path, posted({"messages": [{"content": SPOKEN}]})) == found


def test_a_match_looks_into_json_inside_a_string() -> None:
    path = {"from": "$request.body#/metadata", "match": r'"id":\s*"([^"]+)"'}
    assert find(path, posted({"metadata": '{"id": "conv_1"}'})) == "conv_1"


def test_a_match_looks_into_the_text_of_a_number() -> None:
    assert find({"from": "$request.body#/id", "match": r"\.(\d+)"}, posted({"id": 4.25})) == "25"


@pytest.mark.parametrize("value", [None, True, {}, ["conv_1"]])
def test_a_match_needs_a_text(value: object) -> None:
    assert find({"from": "$request.body#/id", "match": "."}, posted({"id": value})) is None


def test_what_a_match_leaves_of_a_placeholder_is_judged_by_itself() -> None:
    body = {"text": "user {{name}} in conv_1"}
    assert find({"from": "$request.body#/text", "match": r"conv_\d"}, posted(body)) == "conv_1"
    assert find({"from": "$request.body#/text", "match": r"user (\S+)"}, posted(body)) is None


def test_the_value_before_any_filter_can_be_looked_at() -> None:
    assert parse("$request.body#/a").value(posted({"a": [None]})) == [None]
    assert parse("$request.header.x").value(Request("GET", "/", (("X", ""),))) == ""


_ATOMS = ["a", "b", "ab", "a-b", r"\b", r"\w", ".", "(a)", "(?:b)", "[ab]", " ", "'", "^", "$"]
_QUANTIFIERS = ["", "", "", "?", "*", "+", "{0,2}", "{2}", "??", "*?"]


@given(
    st.lists(st.tuples(st.sampled_from(_ATOMS), st.sampled_from(_QUANTIFIERS)), min_size=1),
    st.booleans(),
    st.text("ab '-\n", max_size=30),
)
def test_looking_for_the_first_word_finds_what_the_expression_finds(
    atoms: list[tuple[str, str]], bar: bool, text: str
) -> None:
    match = ("|" if bar else "").join(atom + quantifier for atom, quantifier in atoms)
    try:
        expected = re.search(match, text)
    except re.error:
        return
    found = finder(match)(text)
    assert (found and (found.span(), found.groups())) == (
        expected and (expected.span(), expected.groups())
    )


@pytest.mark.parametrize(
    ("match", "text", "found"),
    [
        (r"colou?r: (\w+)", "the color: red", "red"),
        (r"a|b", "xb", "b"),
        (r"\bid (\w+)", "avoid x; id y", "y"),
        (r"conversation is (conv_\w+)", "conversation, conversation is conv_1", "conv_1"),
        (r"ab*c", "xac", "ac"),
    ],
)
def test_a_word_is_only_looked_for_where_it_must_be(match: str, text: str, found: str) -> None:
    assert cut(match, text) == found
