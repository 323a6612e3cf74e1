import json
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import BadRequest
from injector.inject import VENDOR_FIELDS, parse_turn, relayed_body

ONE = b'{"type":"image_url","image_url":{"url":"data:image/png;base64,QQ==","detail":"high"}}'
TWO = b'{"type":"image_url","image_url":{"url":"data:image/png;base64,Qg==","detail":"high"}}'
USER = b'{"messages":[{"role":"user","content":"hi"}]}'

# A body is drawn as the pieces of its text, so that what must come out can be put together from
# the same pieces, without a parser.

spaces = st.text(" \t\n\r", max_size=2)
numbers = st.sampled_from(
    ["1e400", "-1E+5", "1.10", "-0", "0.0", "7", "123456789012345678901234567890", "1e-999"]
)
texts = (
    st.text(max_size=6).map(json.dumps)
    | st.text(max_size=6).map(lambda text: json.dumps(text, ensure_ascii=False))
    | st.sampled_from([r'"\ud800"', r'"a\/\u0062"', '"ключ 🐈"', r'"\"}],"', '""'])
)
literals = st.sampled_from(["null", "true", "false"])


@st.composite
def listed(draw: st.DrawFn, items: st.SearchStrategy[str], brackets: str) -> str:
    drawn = draw(st.lists(items, max_size=3))
    inner = draw(spaces) + ",".join(draw(spaces) + item + draw(spaces) for item in drawn)
    return brackets[0] + inner + brackets[1]


@st.composite
def paired(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    return draw(texts) + draw(spaces) + ":" + draw(spaces) + draw(values)


values = st.recursive(
    numbers | texts | literals,
    lambda inner: listed(inner, "[]") | listed(paired(inner), "{}"),
    max_leaves=6,
)


@dataclass
class Piece:
    """A member as it is written and as it must come out; None: not at all."""

    key: str
    colon: str
    value: str
    put_key: str | None = field(default=None)
    put_value: str | None = field(default=None)
    gone: bool = False

    def written(self) -> str:
        return self.key + self.colon + self.value

    def expected(self) -> str:
        key = self.key if self.put_key is None else self.put_key
        colon = self.colon if self.put_key is None else self.colon.lstrip()
        return key + colon + (self.value if self.put_value is None else self.put_value)


@st.composite
def pieces(draw: st.DrawFn, key: str, values: st.SearchStrategy[str]) -> Piece:
    return Piece(key, draw(spaces) + ":" + draw(spaces), draw(values))


contents = texts | literals.filter("null".__eq__) | listed(values, "[]")


@st.composite
def messages(draw: st.DrawFn, role: str, parts: str) -> tuple[str, str]:
    """Draw a message as it is written, and as it must come out with the pictures `parts`."""
    members = draw(st.lists(st.sampled_from(["name", "tool_calls", "x"]), max_size=2))
    drawn = [draw(pieces(json.dumps(name), values)) for name in members]
    at = draw(st.integers(0, len(drawn)))
    drawn.insert(at, draw(pieces('"role"', st.just(json.dumps(role)))))
    counts = draw(st.integers(0, 2))  # of repeated keys the last counts
    keys = st.sampled_from(['"content"', r'"c\u006fntent"'])
    drawn += [draw(pieces(draw(keys), contents)) for _ in range(counts)]
    gaps = [draw(spaces) + "," + draw(spaces) for _ in drawn]
    head, tail = "{" + draw(spaces), draw(spaces) + "}"
    written = [piece.written() for piece in drawn]
    expected = list(written)
    if parts and role == "user" and not counts:
        expected[-1] += f',"content":[{parts}]'
    elif parts and role == "user":
        drawn[-1].put_value = shown(drawn[-1].value, parts)
        expected[-1] = drawn[-1].expected()
    return joined(head, written, gaps, tail), joined(head, expected, gaps, tail)


def shown(content: str, parts: str) -> str:
    if content.startswith('"'):
        return f'[{{"type":"text","text":{content}}},{parts}]'
    if content == "null" or not content[1:-1].strip(" \t\n\r"):
        return f"[{parts}]"
    return f"{content[:-1]},{parts}]"


def joined(head: str, members: list[str], gaps: list[str], tail: str) -> str:
    text = head
    for at, member in enumerate(members):
        text += (gaps[at] if at else "") + member
    return text + tail


@st.composite
def bodies(draw: st.DrawFn, pictures: list[bytes], model: str | None) -> tuple[bytes, bytes]:
    """Draw a body as it comes in, and as it must go out."""
    parts = b",".join(pictures).decode()
    roles = draw(st.lists(st.sampled_from(["system", "user", "assistant", "tool"]), min_size=1))
    last_user = max((at for at, role in enumerate(roles) if role == "user"), default=-1)
    drawn = [
        draw(messages(role, parts if at == last_user else "")) for at, role in enumerate(roles)
    ]
    gap = draw(spaces) + "," + draw(spaces)
    conversation = Piece('"messages"', ":", f"[{gap.join(written for written, _ in drawn)}]")
    conversation.put_value = f"[{gap.join(expected for _, expected in drawn)}]"
    names = draw(
        st.lists(
            st.sampled_from(
                [*sorted(VENDOR_FIELDS), "user_id", "user", "model", "tools", "x", "é"]
            ),
            max_size=6,
        )
    )
    members = [draw(pieces(json.dumps(name), values)) for name in names]
    members.insert(draw(st.integers(0, len(members))), conversation)
    user_ids = [piece.value for piece in members if json.loads(piece.key) == "user_id"]
    is_user = "user" not in names and all(value.startswith('"') for value in user_ids)
    for piece in members:
        name = json.loads(piece.key)
        piece.gone = name in VENDOR_FIELDS or (name == "user_id" and not is_user)
        if name == "user_id" and not piece.gone:
            piece.put_key = '"user"'
        if name == "model" and model is not None:
            piece.put_value = json.dumps(model, ensure_ascii=False)
    gaps = [draw(spaces) + "," + draw(spaces) for _ in members]
    head, tail = draw(spaces) + "{" + draw(spaces), draw(spaces) + "}" + draw(spaces)
    written = joined(head, [piece.written() for piece in members], gaps, tail)
    added = (
        f'"model":{json.dumps(model, ensure_ascii=False)},'
        if model is not None and "model" not in names
        else ""
    )
    kept = [at for at, piece in enumerate(members) if not piece.gone]
    expected = joined(
        head + added,
        [members[at].expected() for at in kept],
        ["", *(gaps[at + 1] for at in kept[:-1])],  # the comma after what stays, stays
        tail,
    )
    return written.encode(), expected.encode()


@given(st.data())
def test_a_relayed_body_differs_by_the_documented_edits_and_in_no_other_byte(
    data: st.DataObject,
) -> None:
    pictures = data.draw(st.sampled_from([[], [ONE], [ONE, TWO]]))
    model = data.draw(st.sampled_from([None, "gpt-4o", 'odd "é']))
    body, expected = data.draw(bodies(pictures, model))
    out = relayed_body(parse_turn(body), pictures, model=model)
    assert out == expected
    json.loads(out)


LAST = '{"type":"text","text":"hi"},'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (',"content":"hi"', "[" + LAST + "P]"),
        (',"content":""', '[{"type":"text","text":""},P]'),
        (r',"content":"a\u0041"', r'[{"type":"text","text":"a\u0041"},P]'),
        (',"content":[{"type":"text","text":"hi"}]', "[" + LAST + "P]"),
        (',"content":[]', "[P]"),
        (',"content":[ ]', "[P]"),
        (',"content":null', "[P]"),
        ("", "[P]"),
        (',"content":"first","content":"hi"', "[" + LAST + "P]"),
    ],
)
def test_pictures_stand_at_the_end_of_what_the_person_last_said(
    content: str, expected: str
) -> None:
    body = (
        '{"messages":[{"role":"user","content":"before"},{"role":"user"' + content + "},"
        '{"role":"assistant","content":"and"},{"role":"tool","content":"after"}]}'
    )
    out = json.loads(relayed_body(parse_turn(body.encode()), [ONE, TWO], model=None))
    pictures = f"{ONE.decode()},{TWO.decode()}"
    assert out["messages"][1]["content"] == json.loads(expected.replace("P", pictures))
    assert [message.get("content") for message in out["messages"]][::2] == ["before", "and"]
    assert out["messages"][3]["content"] == "after"


def test_a_turn_in_which_nobody_has_spoken_is_relayed_without_pictures() -> None:
    body = b'{"messages": [{"role": "system", "content": "user"}, {"content": "no role"}]}'
    assert relayed_body(parse_turn(body), [ONE], model=None) == body


@pytest.mark.parametrize(
    ("body", "model", "expected"),
    [
        ('{"model":"a","messages":[{}]}', "b", '{"model":"b","messages":[{}]}'),
        ('{"messages":[{}]}', "b", '{"model":"b","messages":[{}]}'),
        ('{"model":"a","messages":[{}]}', None, '{"model":"a","messages":[{}]}'),
        ('{"messages":[{}]}', None, '{"messages":[{}]}'),
        ('{"call":{},"messages":[{}]}', "b", '{"model":"b","messages":[{}]}'),
        ('{"call":{},"messages":[{}],"call":1}', None, '{"messages":[{}]}'),
        ('{"user_id":"u","messages":[{}]}', None, '{"user":"u","messages":[{}]}'),
        ('{"user_id":"u","user":"v","messages":[{}]}', None, '{"user":"v","messages":[{}]}'),
        ('{"messages":[{}],"user_id":"u"}', "b", '{"model":"b","messages":[{}],"user":"u"}'),
        ('{"messages":[{"call":1,"user_id":2}]}', None, '{"messages":[{"call":1,"user_id":2}]}'),
    ],
)
def test_the_top_level_is_what_the_models_side_knows(
    body: str, model: str | None, expected: str
) -> None:
    assert relayed_body(parse_turn(body.encode()), [], model=model).decode() == expected


@pytest.mark.parametrize("name", sorted(VENDOR_FIELDS))
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_vendor_field_goes_wherever_it_stands(name: str, at: int) -> None:
    members = ['"messages":[{}]', '"n":1.10']
    members.insert(at, f'"{name}":{{"a":[1]}}')
    body = "{" + ",".join(members) + "}"
    out = relayed_body(parse_turn(body.encode()), [], model=None)
    assert out == b'{"messages":[{}],"n":1.10}'


def test_all_vendor_fields_go_at_once() -> None:
    around = ",".join(f'"{name}":null' for name in sorted(VENDOR_FIELDS))
    body = f'{{{around},"messages":[{{}}],{around}}}'
    assert relayed_body(parse_turn(body.encode()), [], model=None) == b'{"messages":[{}]}'


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        (b"", "the body is empty", None),
        (b" \r\n", "the body is empty", None),
        (b"hello", "not JSON", None),
        (b"[]", "not an object", None),
        (b"null", "not an object", None),
        (b'"messages"', "not an object", None),
        (b"\xef\xbb\xbf", "not JSON", None),
        (b"{", "not JSON", None),
        (b'{"messages":[{}]', "not JSON", None),
        (b'{"messages":[{}],}', "not JSON", None),
        (b'{"messages" [{}]}', "not JSON", None),
        (b"{messages:[{}]}", "not JSON", None),
        (b'{"messages":[{}]}}', "not JSON: unexpected text", None),
        (b'{"messages":[{}]} {"messages":[{}]}', "not JSON: unexpected text", None),
        (b'{"messages":[{}],"n":NaN}', "NaN is not JSON", None),
        (b'{"messages":[{}],"n":-Infinity}', "-Infinity is not JSON", None),
        (b'{"messages":[{"a":01}]}', "not JSON", None),
        (b'{"messages":[{"a":"\n"}]}', "not JSON", None),
        (b'{"messages":[{"a":"\xff"}]}', "not JSON", None),
        ('{"messages":[{}]}'.encode("utf-16"), "not JSON", None),
        (b'{"messages":[{}],"n":' + b"[" * 200_000, "nested too deep", None),
        (b'{"messages":[{}],"n":' + b"9" * 5000 + b"}", "not JSON", None),
        (b"{}", "`messages` is missing", "messages"),
        (b'{"model":"gpt-4o"}', "`messages` is missing", "messages"),
        (b'{"Messages":[{}]}', "`messages` is missing", "messages"),
        (b'{"messages":[]}', "`messages` is empty", "messages"),
        (b'{"messages":[{}],"messages":[]}', "`messages` is empty", "messages"),
        (b'{"messages":null}', "must be a list", "messages"),
        (b'{"messages":"hi"}', "must be a list", "messages"),
        (b'{"messages":{"role":"user"}}', "must be a list", "messages"),
        (b'{"messages":["hi"]}', "`messages[0]` must be an object", "messages[0]"),
        (b'{"messages":[{},null]}', "`messages[1]` must be an object", "messages[1]"),
        (b'{"messages":[[]]}', "`messages[0]` must be an object", "messages[0]"),
        (b'{"messages":[{"content":7}]}', "`messages[0].content` must be", "messages[0].content"),
        (b'{"messages":[{"content":{}}]}', "`messages[0].content` must", "messages[0].content"),
        (b'{"messages":[{},{"content":false}]}', "[1].content` must", "messages[1].content"),
    ],
)
def test_a_body_that_is_no_turn_is_refused_with_the_place(
    body: bytes, message: str, param: str | None
) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_turn(body)
    assert message in str(caught.value)
    assert caught.value.param == param
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_is_tolerated_and_left_out() -> None:
    body = b"\xef\xbb\xbf" + USER
    assert relayed_body(parse_turn(body), [], model=None) == USER


@pytest.mark.parametrize(
    ("body", "out"),
    [
        (b'{"messages":[{}],"max_tokens":-1}', b'{"messages":[{}]}'),
        (b'{"max_tokens": -1, "messages":[{}]}', b'{"messages":[{}]}'),
        (b'{"messages":[{}],"max_completion_tokens":0}', b'{"messages":[{}]}'),
        (b'{"messages":[{}],"max_tokens":100}', b'{"messages":[{}],"max_tokens":100}'),
        (b'{"messages":[{}],"max_tokens":null}', b'{"messages":[{}],"max_tokens":null}'),
    ],
)
def test_a_limit_that_is_none_is_not_relayed(body: bytes, out: bytes) -> None:
    assert relayed_body(parse_turn(body), [], model=None) == out
