"""A JSON body as a person reads it."""

import base64
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from capture.show.payload import ids_in, readable, render
from contract.exchange import Request
from contract.fieldpath import parse

ID = "conv_9801m4394evfexfsqb05pv6z39x3"
PICTURE = base64.b64encode(bytes(range(256)) * 20).decode()

COMMANDS = [
    "\ud800",
    "\x1b[31m",
    "\x9b31m",
    "\x07",
    "\x00",
    "\r",
    "\x7f",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
]
"""What commands a terminal, or hides what follows it."""

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)


def printed(value: Any, marks: Any = None, *, width: int = 120, fold: tuple[str, ...] = ()) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    console.print(render(value, marks or {}, fold))
    return out.getvalue()


def coloured(value: Any, marks: Any) -> str:
    out = io.StringIO()
    console = Console(file=out, width=120, force_terminal=True, color_system="truecolor")
    console.print(render(value, marks))
    return out.getvalue()


def a_request(body: Any, **headers: str) -> Request:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Request("POST", "http://h/v1/chat/completions", named, json.dumps(body).encode())


def test_a_body_stands_indented_and_what_is_short_on_one_line() -> None:
    body = {"model": "gpt-4o", "n": 1.10, "list": [1, None, True], "long": ["x" * 40, "y" * 40]}
    assert [line.rstrip() for line in printed(body).splitlines()] == [
        "{",
        '  "model": "gpt-4o",',
        '  "n": 1.1,',
        '  "list": [1, null, true],',
        '  "long": [',
        f'    "{"x" * 40}",',
        f'    "{"y" * 40}"',
        "  ]",
        "}",
    ]


def test_a_picture_is_folded_to_its_type_and_size() -> None:
    text = printed({"url": f"data:image/png;base64,{PICTURE}"})
    assert "⟨image/png, 5 KB⟩" in text
    assert PICTURE[:40] not in text


def test_base64_is_folded_to_its_size() -> None:
    text = printed({"image": PICTURE})
    assert "base64, 5 KB" in text
    assert PICTURE[:40] not in text


def test_a_long_text_is_folded_to_its_beginning_and_its_length() -> None:
    text = printed({"content": "once upon a time " * 100})
    assert "once upon a time once" in text
    assert "text, 1,700 characters" in text
    assert len(text) < 300


def test_a_list_to_fold_is_only_counted() -> None:
    text = printed({"tools": [{"a": 1}] * 9, "b": {"tools": [1]}}, fold=("tools", "absent"))
    assert '"tools": ⟨9 in a list⟩' in text
    assert '"tools": [1]' in text


class TestAnID:
    def test_is_marked_with_its_field_path(self) -> None:
        request = a_request({"call": {"session_id": ID}, "n": 1})
        text = printed(request.json(), ids_in(request))
        lines = [line.strip() for line in text.splitlines()]
        at = lines.index("▲ $request.body#/call/session_id")
        assert ID in lines[at - 1]

    def test_is_highlighted(self) -> None:
        request = a_request({"session_id": ID})
        assert f"\x1b[1;30;43m{ID}\x1b[0m" in coloured(request.json(), ids_in(request))

    def test_is_shown_though_its_text_is_folded(self) -> None:
        prompt = "be kind " * 100 + f"\nThe conversation is {ID}.\n" + "be brief " * 100
        request = a_request({"messages": [{"role": "system", "content": prompt}]})
        text = printed(request.json(), ids_in(request))
        assert text.count(ID) == 1
        assert "▲ $request.body#/messages/0/content match" in text

    def test_is_marked_once_though_several_expressions_find_it(self) -> None:
        prompt = f"The conversation is {ID}."
        request = a_request({"messages": [{"role": "system", "content": prompt}]})
        assert printed(request.json(), ids_in(request)).count("▲") == 1

    def test_is_found_by_name_or_by_form(self) -> None:
        request = a_request({"zzz": ID, "session": "a7", "other": "b8"}, X_Call_Id="CA12")
        assert {str(path): value for path, value in ids_in(request).items()} == {
            "$request.body#/zzz": ID,
            "$request.body#/session": "a7",
            "$request.header.x-call-id": "CA12",
        }

    def test_is_no_placeholder_and_no_sentence(self) -> None:
        body = {"session_id": "{{system__conversation_id}}", "conversation": "call 1 of 2"}
        assert ids_in(a_request(body)) == {}


@pytest.mark.parametrize("command", COMMANDS, ids=ascii)
def test_nothing_commands_the_terminal(command: str) -> None:
    hostile = f"a{command}b"
    body = {hostile: hostile, "session_id": f"x1{command}", "deep": [{hostile: [hostile * 200]}]}
    request = a_request(body)
    text = printed(body, ids_in(request))
    assert not UNSEEN.search(text)
    assert json.dumps(command[0])[1:-1] in text  # it is shown where it was


def test_lines_and_tabs_are_readable_as_they_are() -> None:
    assert readable("a\tb\nc ü 日本 😀") == "a\tb\nc ü 日本 😀"


SCALARS: list[Any] = [None, True, 0, -1.5, "", [], {}, [[]], [{}], {"": ""}, {"a": []}, "\ud800"]


@pytest.mark.parametrize("value", SCALARS)
@pytest.mark.parametrize("width", [10, 80, 160])
def test_the_smallest_bodies_are_no_surprise(value: Any, width: int) -> None:
    assert printed({"a": value}, width=width)
    assert printed(value, width=width)


def test_a_number_is_shown_as_it_was_written() -> None:
    request = Request("POST", "http://h/", (), b'{"a": 1.10, "b": 12345678901234567.5, "c": -0}')
    text = printed(request.json())
    assert '"a": 1.10' in text
    assert '"b": 12345678901234567.5' in text
    assert '"c": -0' in text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values, st.sampled_from([20, 80, 160]))
def test_any_body_is_shown_and_commands_nothing(value: Any, width: int) -> None:
    body = {"messages": [{"role": "system", "content": f"session: {value}"}], "session_id": value}
    request = a_request(body)
    text = printed(request.json(), ids_in(request), width=width)
    assert not UNSEEN.search(text)
    for path in ids_in(request):
        assert parse(path.as_config()) == path
