"""The top level is what the model's side knows, and messages lose what vendors add to them."""

import json
from typing import Any

import pytest

from contract.config import VENDOR_FIELDS
from injector.body import Api
from injector.shared import Shared
from tests.injector.body.asking import picture, relay

TOP = [name for name in VENDOR_FIELDS if not name.startswith("messages.")]


@pytest.mark.parametrize(
    ("body", "model", "expected"),
    [
        ('{"model":"a","messages":[{}]}', "b", '{"model":"b","messages":[{}]}'),
        ('{"model": null,"messages":[{}]}', "b", '{"model": "b","messages":[{}]}'),
        (
            '{"model":"a","model":"c","messages":[{}]}',
            "b",
            '{"model":"b","model":"b","messages":[{}]}',
        ),
        (r'{"model":"\u0062","messages":[{}]}', "b", r'{"model":"\u0062","messages":[{}]}'),
        ('{"messages":[{}]}', "b", '{"model":"b","messages":[{}]}'),
        ('{"model":"a","messages":[{}]}', None, '{"model":"a","messages":[{}]}'),
        ('{"messages":[{}]}', None, '{"messages":[{}]}'),
        ('{"call":{},"messages":[{}]}', "b", '{"model":"b","messages":[{}]}'),
        ('{"call":{},"messages":[{}],"call":1}', None, '{"messages":[{}]}'),
        ('{"user_id":"u","messages":[{}]}', None, '{"user":"u","messages":[{}]}'),
        (r'{"user\u005fid" : "u","messages":[{}]}', None, '{"user": "u","messages":[{}]}'),
        ('{"user_id":"u","user":"v","messages":[{}]}', None, '{"user":"v","messages":[{}]}'),
        ('{"user_id":7,"messages":[{}]}', None, '{"messages":[{}]}'),
        ('{"messages":[{}],"user_id":"u"}', "b", '{"model":"b","messages":[{}],"user":"u"}'),
        ('{"messages":[{"call":1,"user_id":2}]}', None, '{"messages":[{"call":1,"user_id":2}]}'),
    ],
)
def test_the_top_level_is_what_the_models_side_knows(
    body: str, model: str | None, expected: str
) -> None:
    assert relay(body, model=model)[0] == expected


@pytest.mark.parametrize("name", TOP)
@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("api", Api)
def test_a_vendor_field_goes_wherever_it_stands(name: str, at: int, api: Api) -> None:
    key = "messages" if api is Api.CHAT else "input"
    members = [f'"{key}":[{{}}]', '"n":1.10']
    members.insert(at, f'"{name}":{{"a":[1]}}')
    out, _ = relay("{" + ",".join(members) + "}", api=api)
    assert out == f'{{"{key}":[{{}}],"n":1.10}}'


def test_all_vendor_fields_go_at_once() -> None:
    around = ",".join(f'"{name}":null' for name in TOP)
    assert relay(f'{{{around},"messages":[{{}}],{around}}}')[0] == '{"messages":[{}]}'


def test_the_list_of_vendor_fields_is_the_configurations() -> None:
    body = '{"call":1,"mine":2,"user_id":"u","messages":[{"time":3,"x":4}]}'
    out, _ = relay(body, vendor_fields=["mine", "messages.x", "user_id"])
    assert out == '{"call":1,"messages":[{"time":3}]}'


@pytest.mark.parametrize(
    ("metadata", "stays"),
    [
        ({}, True),
        ({"topic": "demo"}, True),
        ({"k" * 64: "t" * 512}, True),
        ({str(number): "x" for number in range(16)}, True),
        ({str(number): "x" for number in range(17)}, False),
        ({"k" * 65: "x"}, False),
        ({"k": "t" * 513}, False),
        ({"n": 1}, False),
        ({"inner": {"a": "b"}}, False),
        (None, False),
        ([], False),
        ("demo", False),
    ],
)
def test_metadata_that_openai_would_refuse_is_a_vendors(metadata: Any, stays: bool) -> None:
    body = {"metadata": metadata, "messages": [{}]}
    out = json.loads(relay(json.dumps(body))[0])
    assert out == (body if stays else {"messages": [{}]})


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            '{"role":"user","models":{"prosody":{}},"content":"hi"}',
            '{"role":"user","content":"hi"}',
        ),
        ('{"time":{"begin":1},"role":"user","models":{} }', '{"role":"user" }'),
        ('{"models":{},"time":{}}', "{}"),
        ('{"role":"user","content":"time models"}', '{"role":"user","content":"time models"}'),
        ('{"role":"user","x":{"time":1}}', '{"role":"user","x":{"time":1}}'),
    ],
)
@pytest.mark.parametrize("api", Api)
def test_messages_lose_what_a_platform_adds_to_them(message: str, expected: str, api: Api) -> None:
    key = "messages" if api is Api.CHAT else "input"
    out, _ = relay(f'{{"{key}":[{message}, {{"role":"tool"}},{message}]}}', api=api)
    assert out == f'{{"{key}":[{expected}, {{"role":"tool"}},{expected}]}}'


@pytest.mark.parametrize("content", ["", ',"content":"hi"', ',"content":null'])
def test_a_message_can_lose_members_and_get_a_picture_at_once(content: str) -> None:
    before = f'{{"time":1,"role":"user"{content}'
    out, _ = relay(f'{{"messages":[{before},"models":2}}]}}', [Shared(picture())])
    (message,) = json.loads(out)["messages"]
    assert message.keys() == {"role", "content"}
    assert message["content"][-1]["type"] == "image_url"
