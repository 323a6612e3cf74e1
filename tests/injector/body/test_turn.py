"""What came in is parsed once, or refused with the place."""

import pytest

from contract.errors import BadRequest
from injector.body import Api, parse_turn

CHAT, RESPONSES = Api.CHAT, Api.RESPONSES


def test_a_form_of_the_api_is_how_its_route_ends() -> None:
    assert [api.value for api in Api] == ["chat/completions", "responses"]


def test_a_turn_is_known_by_its_values_and_places() -> None:
    body = '{"model":"m","stream":true,"messages":[{"role":"user","content":"é"}],"model":"n"}'
    turn = parse_turn(body.encode(), CHAT)
    assert turn.value["messages"] == [{"role": "user", "content": "é"}]
    assert (turn.model, turn.stream, turn.is_empty) == ("n", True, False)
    assert body[turn.says.start : turn.says.end] == '[{"role":"user","content":"é"}]'
    (message,) = turn.messages
    assert list(turn.spoken) == [message]
    assert body[message.start : message.end] == '{"role":"user","content":"é"}'


@pytest.mark.parametrize(
    ("body", "model", "stream"),
    [
        ('{"messages":[{}]}', None, False),
        ('{"messages":[{}],"model":null,"stream":null}', None, False),
        ('{"messages":[{}],"model":7,"stream":"true"}', None, False),
    ],
)
def test_what_a_turn_does_not_say_is_none(body: str, model: str | None, stream: bool) -> None:
    turn = parse_turn(body.encode(), CHAT)
    assert (turn.model, turn.stream) == (model, stream)


@pytest.mark.parametrize(
    ("api", "said", "has_spoken", "is_empty"),
    [
        (CHAT, "[]", False, True),
        (CHAT, '[{"role":"system","content":"user"},{"content":"no role"}]', False, False),
        (CHAT, '[{"role":"user"},{"role":"assistant"},{"role":"tool"}]', True, False),
        (RESPONSES, "[]", False, True),
        (RESPONSES, '""', False, True),
        (RESPONSES, '"hi"', True, False),
        (RESPONSES, '[{"type":"reasoning","summary":[],"content":null}]', False, False),
        (RESPONSES, '[{"role":"user","content":"hi"},{"type":"item_reference"}]', True, False),
    ],
)
def test_a_turn_tells_whether_anybody_has_spoken(
    api: Api, said: str, has_spoken: bool, is_empty: bool
) -> None:
    key = "messages" if api is CHAT else "input"
    turn = parse_turn(f'{{"{key}":{said}}}'.encode(), api)
    assert (bool(turn.spoken), turn.is_empty) == (has_spoken, is_empty)


def test_of_repeated_conversations_the_last_counts() -> None:
    turn = parse_turn(b'{"messages":[{"role":"user"}],"messages":[]}', CHAT)
    assert turn.is_empty
    assert not bool(turn.spoken)


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
        parse_turn(body, CHAT)
    assert message in str(caught.value)
    assert caught.value.param == param
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        (b"{}", "`input` is missing", "input"),
        (b'{"messages":[{}]}', "`input` is missing", "input"),
        (b'{"input":null}', "`input` must be a text or a list of items", "input"),
        (b'{"input":7}', "`input` must be a text or a list of items", "input"),
        (b'{"input":{"role":"user"}}', "`input` must be a text or a list of items", "input"),
        (b'{"input":["hi"]}', "`input[0]` must be an object", "input[0]"),
        (b'{"input":[{},{"content":7}]}', "`input[1].content` must be", "input[1].content"),
    ],
)
def test_an_input_that_is_none_is_refused_with_the_place(
    body: bytes, message: str, param: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_turn(body, RESPONSES)
    assert message in str(caught.value)
    assert caught.value.param == param


def test_a_stored_prompt_may_say_it_all_in_the_responses_api() -> None:
    body = b'{"prompt":{"id":"pmpt_1"}}'
    turn = parse_turn(body, Api.RESPONSES)
    assert (turn.is_empty, bool(turn.spoken)) == (False, False)
    assert turn.messages == ()
