"""The text with other field paths in it, and nothing else changed."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.config import Config, read, with_conversation_id
from contract.config.editing import _is_good
from contract.config.outline import Outline
from contract.errors import ConfigError
from contract.fieldpath import FieldPath, parse

PATHS = (parse("$request.body#/a/b"), parse({"from": "$request.path.1", "match": "id: (\\w+)'"}))
BLOCK = "\n  - $request.body#/a/b\n  - {from: $request.path.1, match: 'id: (\\w+)'''}"
FLOW = "[$request.body#/a/b, {from: $request.path.1, match: 'id: (\\w+)'''}]"


def paths_of(text: str) -> Sequence[FieldPath]:
    return config_of(text).conversation_id


def config_of(text: str) -> Config:
    return read(text, name="config.yaml", environ={}, folder=Path())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "conversation_id:@\n"),
        ("\ufeff", "\ufeffconversation_id:@\n"),
        ("# hi", "# hi\nconversation_id:@\n"),
        ("# hi\n\n", "# hi\nconversation_id:@\n\n"),
        ("---\n", "---\nconversation_id:@\n"),
        ("--- # hi", "--- # hi\nconversation_id:@\n"),
        ("capture: {}", "conversation_id:@\ncapture: {}"),
        (
            "\n# hi\n# ho\n\n# c\ncapture: {}\n",
            "\n# hi\n# ho\nconversation_id:@\n\n# c\ncapture: {}\n",
        ),
        ("# hi\ncapture: {}\n", "# hi\nconversation_id:@\ncapture: {}\n"),
        (
            "%YAML 1.1\n---\n# hi\ncapture: {}\n",
            "%YAML 1.1\n---\n# hi\nconversation_id:@\ncapture: {}\n",
        ),
        ("\ufeffcapture: {}\n", "\ufeffconversation_id:@\ncapture: {}\n"),
        ("conversation_id: $request.path.0", "conversation_id:@"),
        ("conversation_id: $request.path.0  # why\n", "conversation_id:  # why@\n"),
        (
            "conversation_id: '$request.path.0'\n# c\ncapture: {}\n",
            "conversation_id:@\n# c\ncapture: {}\n",
        ),
        ("conversation_id: [a, b]   # why\ncapture: {}", "conversation_id:   # why@\ncapture: {}"),
        ("conversation_id: [a,  # one\n  b]  # two\n", "conversation_id:  # one\n  # two@\n"),
        ("conversation_id:\n", "conversation_id:@\n"),
        ("conversation_id:", "conversation_id:@"),
        (
            "conversation_id:   # why\n\n# c\ncapture: {}",
            "conversation_id:   # why@\n\n# c\ncapture: {}",
        ),
        ("conversation_id: ~\n", "conversation_id:@\n"),
        (
            "conversation_id:    # why\n  - a\n  - b\n# c\ncapture: {}\n",
            "conversation_id:    # why@\n# c\ncapture: {}\n",
        ),
        ("conversation_id:\n- a\n-\n\ncapture: {}\n", "conversation_id:@\n\ncapture: {}\n"),
        (
            "conversation_id:\n  - a\n  # - old\n\n# c\ncapture: {}\n",
            "conversation_id:@\n  # - old\n\n# c\ncapture: {}\n",
        ),
        (
            (
                "conversation_id:\n  # x\n  - a  # one\n    # y\n"
                "  - {from: b,  # two\n     match: c}\n# z\n"
            ),
            "conversation_id:\n  # x\n  # one\n    # y\n  # two@\n# z\n",
        ),
        ("conversation_id:\n  from: a\n  match: b # why\nz: 1", "conversation_id:\n  # why@\nz: 1"),
        ("conversation_id:\n  from: a\n  match: b # why\n", "conversation_id:\n  # why@\n"),
        (
            "conversation_id: |\n  $request\n\n# c\ncapture: {}\n",
            "conversation_id:@\n\n# c\ncapture: {}\n",
        ),
        (
            "capture: {listen: &x a}\nconversation_id: *x # why\ninjector:",
            "capture: {listen: &x a}\nconversation_id: # why@\ninjector:",
        ),
        (
            "capture: {listen: &x a}\nconversation_id:\n  - *x\ninjector:",
            "capture: {listen: &x a}\nconversation_id:@\ninjector:",
        ),
        ('"conversation_id" : a\ncapture: {}\n', '"conversation_id" :@\ncapture: {}\n'),
        ("{}", "{conversation_id: FLOW}"),
        ("{capture: {}}", "{conversation_id: FLOW, capture: {}}"),
        ('{"conversation_id":"a", capture: {}}', '{"conversation_id": FLOW, capture: {}}'),
        ("{conversation_id: , capture: {}}", "{conversation_id: FLOW , capture: {}}"),
        ("conversation_id: ${ID:-$request.body#/a/b}\n", "conversation_id:@\n"),
    ],
)
def test_the_value_is_replaced_and_all_else_stays(before: str, after: str) -> None:
    after = after.replace("@", BLOCK).replace("FLOW", FLOW)
    assert with_conversation_id(before, PATHS) == after
    dos = before.replace("\n", "\r\n")
    if dos != before:
        assert with_conversation_id(dos, PATHS) == after.replace("\n", "\r\n")
    assert with_conversation_id(after, PATHS) == after


def test_the_file_in_the_repository_changes_in_one_place_only() -> None:
    text = (Path(__file__).parents[3] / "config.yaml").read_text("utf-8")
    old = "\n  - $request.header.x-conversation-id"
    assert text.count(old) == 1
    assert with_conversation_id(text, PATHS) == text.replace(old, BLOCK)


@pytest.mark.parametrize(
    "text",
    [
        "conversation_id: $request.path.0 # why\n",
        "conversation_id: [ $request.path.0 ]",
        "conversation_id:\n- '$request.path.0'  # why\n",
    ],
)
def test_a_text_that_already_says_so_stays_as_it_is(text: str) -> None:
    assert with_conversation_id(text, [parse("$request.path.0")]) == text


def test_no_paths_at_all_are_an_empty_list() -> None:
    assert (
        with_conversation_id("conversation_id: # why\n  - a\n", []) == "conversation_id: [] # why\n"
    )
    assert with_conversation_id("", []) == "conversation_id: []\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "config.yaml: expected keys at the top"),
        ("text", "config.yaml: expected keys at the top"),
        ("a: [", "config.yaml:1:5: not YAML"),
        ("a: 1\n---\nb: 1\n", "config.yaml:2:1: not YAML"),
        (
            "conversation_id: a\nconversation_id: b",
            "conversation_id stands twice, on lines 1 and 2",
        ),
        (
            "conversation_id: &x a\ncapture: *x\n",
            "cannot be replaced in place; write it by hand: [",
        ),
        ("a: &x 1\nconversation_id: &x b\nc: *x\n", "found duplicate anchor"),
        ("? conversation_id # a: b\n: c\n", "cannot be replaced in place"),
    ],
)
def test_what_cannot_be_changed_safely_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        with_conversation_id(text, PATHS)


def test_an_edit_that_would_change_another_key_is_no_good() -> None:
    old = Outline("conversation_id: x\ncapture: {}\n", "config.yaml")
    paths = (parse("$request.path.0"),)
    assert _is_good("conversation_id: $request.path.0\ncapture: {}", old, paths)
    assert not _is_good("conversation_id: $request.path.0\ncapture: []", old, paths)


def test_a_path_that_only_a_variable_gives_is_replaced() -> None:
    text = "conversation_id: ${ID:-$request.path.0}\n"
    new = with_conversation_id(text, [parse("$request.path.0")])
    assert new == "conversation_id:\n  - $request.path.0\n"


def test_a_path_that_could_not_be_read_again_is_refused() -> None:
    with pytest.raises(ConfigError, match="no field path"):
        with_conversation_id("", [FieldPath("query", ("",))])


TEXT = st.text(min_size=1) | st.text("'\"#:${}[],&*!|>%@`\\ \n\r\t\x85\u2028\ufeffa", min_size=1)
HEADER = st.text("!#$%&'*+-.^_`|~09az", min_size=1)
MATCH = TEXT.map(re.escape) | st.sampled_from(["a${b}", "^$", "'(\"#: )'", r"\$\{(\w+)\}", " x "])
PLACE = st.one_of(
    HEADER.map(lambda name: FieldPath("header", (name,))),
    TEXT.map(lambda name: FieldPath("query", (name,))),
    st.integers(0, 99).map(lambda number: FieldPath("path", (str(number),))),
    st.lists(st.text() | TEXT, min_size=1).map(lambda keys: FieldPath("body", tuple(keys))),
)
ANY_PATH = PLACE | st.builds(lambda p, m: FieldPath(p.place, p.keys, m), PLACE, MATCH)
FILES = [
    "",
    "# hi\r\n\r\ninjector: {bearer: x}\r\n",
    "conversation_id:  # why\n  - $request.path.0  # c\n\n# d\ninjector:\n  bearer: x",
    "injector: {bearer: x}\nconversation_id: [$request.path.0, $request.path.1] # why\n",
    "{injector: {bearer: x}}",
]


@given(st.sampled_from(FILES), st.lists(ANY_PATH))
def test_any_paths_are_read_again_as_they_were(text: str, paths: list[FieldPath]) -> None:
    new = with_conversation_id(text, paths)
    assert paths_of(new) == tuple(paths)
    assert config_of(new).injector == config_of(text).injector
    assert with_conversation_id(new, paths) == new
