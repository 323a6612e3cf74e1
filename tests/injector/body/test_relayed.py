"""A relayed body is what came in, but for the documented edits: held against arbitrary JSON."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.config import ANY, VENDOR_FIELDS, Config, Rule
from injector.body import Api, Manner, manner, parse_turn, relayed, told
from injector.shared import Picture, Shared
from tests.injector.body.drawing import (
    Piece,
    listed,
    literals,
    members,
    objects,
    spaces,
    texts,
    values,
)

ONE = Shared(Picture("1", "image/png", 1, 1, 1, b'"data:image/png;base64,QQ=="'))
TWO = Shared(Picture("2", "image/png", 1, 1, 1, b'"data:image/png;base64,Qg=="'))

OWN_RULES = (
    Rule(models="gpt-.*", rename={"x": "y", "seed": "sead"}, drop={"n": 7, "sead": ANY}),
    Rule(models=".*", when="tools", set={"z": {"a": [1, "é"]}}),
)
GONE = {name for name in VENDOR_FIELDS if not name.startswith("messages.")}
GONE_INSIDE = {"models", "time"}
NAMES = ["max_tokens", "max_completion_tokens", "max_output_tokens", "temperature", "metadata"]
NAMES += ["reasoning_effort", "tools", "user_id", "user", "model", "x", "y", "z", "n", "seed", "é"]


def manner_of(model: str | None) -> Manner:
    injector = Config().injector
    upstream = replace(injector.upstream, model=model, rules=OWN_RULES)
    return manner(replace(injector, upstream=upstream))


def shown(pictures: Iterable[Shared], api: Api) -> str:
    """Return the content parts of pictures as each form of the API wants them."""
    form = (
        '{"type":"image_url","image_url":{"url":%s,"detail":"high"}}'
        if api is Api.CHAT
        else '{"type":"input_image","image_url":%s,"detail":"high"}'
    )
    return ",".join(form % it.picture.part.decode() for it in pictures)


def described(pictures: Iterable[Shared], api: Api) -> str:
    """Return the content parts of texts that take the places of pictures."""
    sentence = "[The person has shared a picture, which cannot be shown. It was described as: %s]"
    found = [it.picture.description for it in pictures if it.picture.description]
    form = '{"type":"%s","text":%s}'
    return ",".join(form % (KINDS[api], json.dumps(sentence % it)) for it in found)


def content_shown(content: str, parts: str, kind: str) -> str:
    if content.startswith('"'):
        return f'[{{"type":"{kind}","text":{content}}},{parts}]'
    if content == "null" or not content[1:-1].strip(" \t\n\r"):
        return f"[{parts}]"
    return f"{content[:-1]},{parts}]"


KINDS = {Api.CHAT: "text", Api.RESPONSES: "input_text"}
contents = texts | literals.filter("null".__eq__) | listed(values, "[]")


@st.composite
def messages(draw: st.DrawFn, role: str, parts: str, kind: str) -> tuple[str, str]:
    """Draw a message as it is written, and as it must come out with the pictures `parts`."""
    names = draw(st.lists(st.sampled_from(["name", "type", "models", "time"]), max_size=2))
    drawn = [draw(members(json.dumps(name), values)) for name in names]
    if role:
        at = draw(st.integers(0, len(drawn)))
        drawn.insert(at, draw(members('"role"', st.just(json.dumps(role)))))
    counts = draw(st.integers(0, 2))  # of repeated keys the last counts
    keys = st.sampled_from(['"content"', r'"c\u006fntent"'])
    at = draw(st.integers(0, len(drawn)))
    drawn[at:at] = said = [draw(members(draw(keys), contents)) for _ in range(counts)]
    for piece in drawn:
        piece.gone = piece.name in GONE_INSIDE
    if parts and said:
        said[-1].put_value = content_shown(said[-1].value, parts, kind)
    added = f',"content":[{parts}]' if parts and not said else ""
    return draw(objects(drawn, last=added))


@st.composite
def conversations(draw: st.DrawFn, parts: str, api: Api) -> Piece:
    """Draw the member that holds the conversation, and gets `parts` behind what is said last."""
    kind = KINDS[api]
    key = "messages" if api is Api.CHAT else "input"
    piece = draw(members(json.dumps(key), st.just("")))
    if api is Api.RESPONSES and draw(st.booleans()):
        said = draw(texts)
        piece.value = said
        if parts and said != '""':
            piece.put_value = (
                f'[{{"role":"user","content":[{{"type":"{kind}","text":{said}}},{parts}]}}]'
            )
        return piece
    roles = draw(st.lists(st.sampled_from(["system", "user", "assistant", "tool", ""])))
    last = max((at for at, role in enumerate(roles) if role == "user"), default=-1)
    drawn = [draw(messages(role, parts * (at == last), kind)) for at, role in enumerate(roles)]
    gap = draw(spaces) + "," + draw(spaces)
    piece.value = f"[{gap.join(written for written, _ in drawn)}]"
    piece.put_value = f"[{gap.join(expected for _, expected in drawn)}]"
    return piece


def of(name: str) -> st.SearchStrategy[str]:
    """Return what may stand under a name; often what a rule looks for."""
    usual = {
        "temperature": ["0", "0.0", "-0", "0e5", "0.7", "false"],
        "metadata": ['{"a":"b"}', '{"a":1}', "{}"],
        "tools": ["[]", "[{}]"],
        "user_id": ['"u"'],
        "n": ["7", "7.0"],
        "model": ['"gpt-5"'],
    }.get(name, ["-1", "0", "100", "null"] if name.endswith("_tokens") else [])
    return st.sampled_from(usual) | values if usual else values


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class Expected:
    """What must become of the top level: what its names are called afterwards, and what is new."""

    def __init__(self, value: dict[str, Any], api: Api, model: str) -> None:
        self.value, self.names, self.added = value, {name: name for name in value}, ""
        for name in GONE & value.keys():
            self.drop(name)
        if "user_id" in value:
            is_user = isinstance(value["user_id"], str)
            self.rename("user_id", "user") if is_user else self.drop("user_id")
        metadata = value.get("metadata")  # too long a one is not drawn
        if not (
            isinstance(metadata, dict) and all(isinstance(it, str) for it in metadata.values())
        ):
            self.drop("metadata")
        limits = ("max_tokens", "max_completion_tokens", "max_output_tokens")
        for name in limits:
            if is_number(value.get(name)) and value[name] < 1:
                self.drop(name)
        is_new, is_chat = model.startswith("gpt-5"), api is Api.CHAT
        if is_chat and is_new:
            self.rename("max_tokens", "max_completion_tokens")
        if not is_chat:
            self.rename("max_tokens", "max_output_tokens")
            self.rename("max_completion_tokens", "max_output_tokens")
        if is_new and is_number(value.get("temperature")) and value["temperature"] == 0:
            self.drop("temperature")
        if is_new and is_chat and value.get("tools"):
            self.add("reasoning_effort", "none")
        if model.startswith("gpt-"):
            self.rename("x", "y")
            self.rename("seed", "sead")
            if is_number(value.get("n")) and value["n"] == 7:
                self.drop("n")
            self.drop("sead")
        if value.get("tools"):
            self.add("z", {"a": [1, "é"]})

    def drop(self, name: str) -> None:
        if name in self.value:
            del self.value[name]
            self.names = {old: new for old, new in self.names.items() if new != name}

    def rename(self, name: str, new: str) -> None:
        if new in self.value:
            self.drop(name)
        elif name in self.value:
            self.value[new] = self.value.pop(name)
            self.names = {old: new if it == name else it for old, it in self.names.items()}

    def add(self, name: str, value: Any) -> None:
        if name not in self.value:
            self.value[name] = value
            literal = json.dumps(value)
            self.added += f'"{name}":{literal},'


@st.composite
def bodies(draw: st.DrawFn, parts: str, api: Api, model: str | None) -> tuple[bytes, bytes]:
    """Draw a body as it comes in, and as it must go out."""
    names = draw(st.lists(st.sampled_from([*sorted(GONE)[:3], *NAMES]), max_size=8))
    pieces = [draw(members(json.dumps(name), of(name))) for name in names]
    conversation = draw(conversations(parts, api))
    pieces.insert(draw(st.integers(0, len(pieces))), conversation)
    value = {piece.name: json.loads(piece.value) for piece in pieces}
    named = value["model"] if isinstance(value.get("model"), str) else ""
    left = Expected(dict(value), api, model or named)
    for piece in pieces:
        new = left.names.get(piece.name)
        piece.gone = new is None
        piece.put_key = None if new in {None, piece.name} else json.dumps(new)
        if piece.name == "model" and model is not None and json.loads(piece.value) != model:
            piece.put_value = json.dumps(model)
    put = f'"model":{json.dumps(model)},'
    added = left.added + (put if model is not None and "model" not in names else "")
    written, expected = draw(objects(pieces, first=added))
    around = draw(spaces), draw(spaces)
    return written.join(around).encode(), expected.join(around).encode()


@given(st.data())
def test_a_relayed_body_differs_by_the_documented_edits_and_in_no_other_byte(
    data: st.DataObject,
) -> None:
    pictures = data.draw(st.sampled_from([[], [ONE], [ONE, TWO]]))
    model = data.draw(st.sampled_from([None, "gpt-4o", "gpt-5.1", 'odd "é']))
    api = data.draw(st.sampled_from(Api))
    body, expected = data.draw(bodies(shown(pictures, api), api, model))
    out = relayed(parse_turn(body, api), pictures, manner_of(model))
    assert b"".join(out.pieces) == expected
    json.loads(b"".join(out.pieces))
    for shared in pictures[: out.attached]:
        assert sum(piece is shared.picture.part for piece in out.pieces) == 1


@given(st.data(), st.lists(st.none() | st.text(min_size=1), max_size=3))
def test_a_body_without_refused_pictures_differs_by_what_was_said_of_them_and_the_documented_edits(
    data: st.DataObject, said: list[str | None]
) -> None:
    pictures = [
        Shared(replace(ONE.picture, digest=str(number), description=text or ""))
        for number, text in enumerate(said)
    ]
    model = data.draw(st.sampled_from([None, "gpt-5.1"]))
    api = data.draw(st.sampled_from(Api))
    body, expected = data.draw(bodies(described(pictures, api), api, model))
    out = told(parse_turn(body, api), pictures, manner_of(model))
    assert b"".join(out) == expected
    assert ONE.picture.part not in out


@pytest.mark.parametrize("api", Api)
def test_a_picture_is_never_copied(api: Api) -> None:
    key = "messages" if api is Api.CHAT else "input"
    for content in ("hi", [{"type": "text", "text": "é"}], [], None):
        body = json.dumps({key: [{"role": "user", "content": content}]}, ensure_ascii=False)
        out = relayed(parse_turn(body.encode(), api), [ONE, TWO], manner_of(None))
        parts = [piece for piece in out.pieces if piece.startswith(b'"data:')]
        assert [id(part) for part in parts] == [id(it.picture.part) for it in (ONE, TWO)]


def test_a_byte_order_mark_is_tolerated_and_left_out() -> None:
    body = b'{"messages":[{"role":"user","content":"hi"}]}'
    out = relayed(parse_turn(b"\xef\xbb\xbf" + body, Api.CHAT), [], manner_of(None))
    assert b"".join(out.pieces) == body
