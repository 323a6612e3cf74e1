"""Pictures stand at the end of what the person said, in every shape that a message can have."""

import json

import pytest

from injector.body import Api
from injector.shared import Shared
from tests.injector.body.asking import picture, relay, value_of

A, B = picture(b"AAA"), picture(b"BBB")
BOTH = [Shared(A), Shared(B)]


def part(which: bytes, api: Api) -> str:
    if api is Api.CHAT:
        return f'{{"type":"image_url","image_url":{{"url":{which.decode()},"detail":"high"}}}}'
    return f'{{"type":"input_image","image_url":{which.decode()},"detail":"high"}}'


def pictures(api: Api) -> str:
    return f"{part(A.part, api)},{part(B.part, api)}"


CHAT_TEXT, RESPONSES_TEXT = '{"type":"text","text":"hi"},', '{"type":"input_text","text":"hi"},'


@pytest.mark.parametrize("api", Api)
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (',"content":"hi"', "[TP]"),
        (',"content":""', "[EP]"),
        (',"content":[T]', "[TP]"),
        (',"content":[ T ]', "[ T P]"),
        (',"content":[]', "[P]"),
        (',"content":[ ]', "[P]"),
        (',"content":null', "[P]"),
        ("", "[P]"),
        (',"content":"first","content":"hi"', "[TP]"),
    ],
)
def test_pictures_stand_at_the_end_of_what_the_person_last_said(
    api: Api, content: str, expected: str
) -> None:
    text = CHAT_TEXT if api is Api.CHAT else RESPONSES_TEXT
    content = content.replace("T", text[:-1])
    expected = expected.replace("T ", text[:-1] + ",").replace("T", text)
    expected = expected.replace("E", text.replace("hi", "")).replace("P", pictures(api))
    key = "messages" if api is Api.CHAT else "input"
    body = (
        f'{{"{key}":[{{"role":"user","content":"before"}},{{"role":"user"{content}}},'
        '{"role":"assistant","content":"and"},{"role":"tool","content":"after"}]}'
    )
    out, found = relay(body, BOTH, api=api)
    messages = json.loads(out)[key]
    assert messages[1]["content"] == json.loads(expected)
    assert [message.get("content") for message in messages][::2] == ["before", "and"]
    assert messages[3]["content"] == "after"
    assert (found.attached, found.kept, dict(found.anchors)) == (2, 0, {})


def test_an_escape_in_what_was_said_stays_as_it_was() -> None:
    out, _ = relay(r'{"messages":[{"role":"user","content":"a\u0041\/"}]}', BOTH)
    assert r'"text":"a\u0041\/"}' in out


def test_an_input_that_is_a_text_becomes_a_message_around_the_very_same_text() -> None:
    body = r'{"input": "a\u0041\/" ,"n":1.10}'
    out, found = relay(body, BOTH, api=Api.RESPONSES)
    said = r'{"type":"input_text","text":"a\u0041\/"}'
    content = f"{said},{pictures(Api.RESPONSES)}"
    assert out == f'{{"input": [{{"role":"user","content":[{content}]}}] ,"n":1.10}}'
    assert found.attached == 2
    assert relay(body, api=Api.RESPONSES)[0] == body


def test_items_of_responses_that_nobody_says_are_passed_over() -> None:
    items = [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]},
        {"type": "reasoning", "id": "r", "summary": [], "content": None},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "user"},
        {"type": "item_reference", "id": "i"},
    ]
    out = value_of({"input": items}, BOTH, api=Api.RESPONSES)["input"]
    assert [part["type"] for part in out[0]["content"]] == ["input_text"] + ["input_image"] * 2
    assert out[1:] == items[1:]


@pytest.mark.parametrize(
    "body",
    [
        '{"messages": [{"role": "system", "content": "user"}, {"content": "no role"}]}',
        '{"messages": [{"role": "assistant", "content": "Hello!"}]}',
        '{"messages": []}',
    ],
)
@pytest.mark.parametrize("placement", ["last_user", "anchored"])
def test_where_nobody_has_spoken_nothing_is_attached(body: str, placement: str) -> None:
    out, found = relay(body, BOTH, placement=placement)
    assert out == body
    assert (found.attached, found.kept, dict(found.anchors)) == (0, 0, {})


@pytest.mark.parametrize("said", ['""', "[]", '[{"type":"item_reference","id":"i"}]'])
@pytest.mark.parametrize("placement", ["last_user", "anchored"])
def test_an_input_in_which_nobody_speaks_is_relayed_as_it_is(said: str, placement: str) -> None:
    body = f'{{"input": {said}}}'
    out, found = relay(body, BOTH, api=Api.RESPONSES, placement=placement)
    assert (out, found.attached) == (body, 0)
