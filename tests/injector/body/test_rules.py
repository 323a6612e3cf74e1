"""What models refuse is mended by rules, and those of the configuration come last."""

import json
from typing import Any

import pytest

from contract.config import ANY, Below, Rule
from injector.body import Api
from injector.body.rules import is_dropped
from tests.injector.body.asking import relay, value_of

CHAT, RESPONSES = Api.CHAT, Api.RESPONSES
NEW = [
    "gpt-5",
    "gpt-5-mini",
    "gpt-5-2025-08-07",
    "gpt-5.1-chat",
    "gpt-5.1",
    "gpt-6-luna",
    "gpt-10",
    "o1",
    "o3-mini",
    "o4-mini-2025-04-16",
    "openai/gpt-5",
    "openrouter/openai/o3",
    "ft:gpt-5-mini:house:eyes:abc",
    "ft:o4-mini-2025-04-16:house::abc",
]
OLD = [
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-35-turbo",
    "gpt-oss-120b",
    "chatgpt-4o-latest",
    "ft:gpt-4o:gpt-5:o1:abc",
    "omni-1",
    "o",
    "llama-3/o1x",
    "my-gpt-5",
    "",
]


def left(top: dict[str, Any], named: str = "gpt-4o", api: Api = CHAT, **how: Any) -> dict[str, Any]:
    """Return what becomes of the top level, without the conversation and the model."""
    key = "messages" if api is CHAT else "input"
    out = value_of({key: [{}], "model": named, **top}, api=api, **how)
    assert out.pop(key) == [{}]
    assert out.pop("model") == (how.get("model") or named)
    return out


@pytest.mark.parametrize("model", NEW)
def test_new_models_get_the_limit_under_its_new_name(model: str) -> None:
    assert left({"max_tokens": 9}, model) == {"max_completion_tokens": 9}
    both = {"max_tokens": 9, "max_completion_tokens": 8}
    assert left(both, model) == {"max_completion_tokens": 8}


@pytest.mark.parametrize("model", NEW)
@pytest.mark.parametrize("api", Api)
@pytest.mark.parametrize("zero", ["0", "0.0", "-0", "0e5", "-0.00E-1"])
def test_new_models_are_not_given_a_temperature_of_zero(model: str, api: Api, zero: str) -> None:
    key = "messages" if api is CHAT else "input"
    body = f'{{"model":"{model}","{key}":[{{}}],"temperature":{zero}}}'
    assert relay(body, api=api)[0] == f'{{"model":"{model}","{key}":[{{}}]}}'


@pytest.mark.parametrize("value", ["1", "0.5", "null", "false", '"0"', "[]"])
def test_a_temperature_that_is_not_zero_stays(value: str) -> None:
    body = f'{{"model":"gpt-5","messages":[{{}}],"temperature":{value}}}'
    assert relay(body)[0] == body


@pytest.mark.parametrize("model", NEW)
def test_new_models_are_given_tools_without_reasoning_in_chat_completions(model: str) -> None:
    tools = [{"type": "function"}]
    assert left({"tools": tools}, model) == {"reasoning_effort": "none", "tools": tools}
    said = {"tools": tools, "reasoning_effort": "low"}
    assert left(said, model) == said
    assert left({"tools": []}, model) == {"tools": []}
    assert left({"tools": None}, model) == {"tools": None}
    assert left({"tools": tools}, model, RESPONSES) == {"tools": tools}


@pytest.mark.parametrize("model", OLD)
def test_other_models_are_asked_as_the_platform_asks(model: str) -> None:
    top = {"max_tokens": 9, "temperature": 0, "tools": [{"type": "function"}]}
    assert left(top, model) == top
    assert left(top, "gpt-5", model=model or "x") == top


def test_the_model_that_is_asked_in_the_end_decides() -> None:
    assert left({"max_tokens": 9}, "gpt-4o", model="gpt-5") == {"max_completion_tokens": 9}
    assert left({"max_tokens": 9}, "gpt-5", model="gpt-4o") == {"max_tokens": 9}


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-5"])
@pytest.mark.parametrize("api", Api)
@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens", "max_output_tokens"])
@pytest.mark.parametrize("limit", [-1, 0, -0.0, 0.5])
def test_a_limit_that_is_none_is_not_relayed(model: str, api: Api, name: str, limit: float) -> None:
    assert left({name: limit}, model, api) == {}


@pytest.mark.parametrize("limit", [1, 100, None, "-1", False])
def test_any_other_limit_is_relayed(limit: Any) -> None:
    assert left({"max_tokens": limit}) == {"max_tokens": limit}


def test_a_limit_that_is_none_does_not_stand_in_the_way_of_one() -> None:
    both = {"max_tokens": 9, "max_completion_tokens": -1}
    assert left(both, "gpt-5") == {"max_completion_tokens": 9}


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-5"])
@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens", "max_output_tokens"])
def test_responses_have_one_name_for_the_limit(model: str, name: str) -> None:
    assert left({name: 9}, model, RESPONSES) == {"max_output_tokens": 9}
    both = {"max_output_tokens": 8, name: 9}
    assert left(both, model, RESPONSES)["max_output_tokens"] == both["max_output_tokens"]


def test_a_rule_of_the_configuration_renames_drops_and_adds() -> None:
    rule = Rule(
        models="my-model-.*",
        when="tools",
        rename={"max_tokens": "limit"},
        drop={"temperature": 0, "seed": ANY, "limit": Below(10)},
        set={"reasoning_effort": "none", "top_p": 1},
    )
    top = {"tools": [1], "max_tokens": 9, "temperature": 0, "seed": "x", "top_p": 0.5}
    expected = {"tools": [1], "top_p": 0.5, "reasoning_effort": "none"}
    assert left(top, "my-model-7", rules=[rule]) == expected
    assert left(top, "not-my-model-7", rules=[rule]) == top
    assert left({**top, "tools": []}, "my-model-7", rules=[rule]) == {**top, "tools": []}


@pytest.mark.parametrize("api", Api)
def test_a_rule_can_be_for_one_form_of_the_api(api: Api) -> None:
    rules = [
        Rule(api="chat", set={"a": 1}),
        Rule(api="responses", set={"b": 2}),
        Rule(set={"c": 3}),
    ]
    form = {"a": 1} if api is CHAT else {"b": 2}
    assert left({}, api=api, rules=rules) == {**form, "c": 3}


def test_a_rule_of_the_configuration_can_undo_one_that_is_built_in() -> None:
    rule = Rule(models="gpt-5", drop={"reasoning_effort": "none"})
    assert left({"tools": [1]}, "gpt-5", rules=[rule]) == {"tools": [1]}
    back = Rule(rename={"max_completion_tokens": "max_tokens"})
    assert left({"max_tokens": 9}, "gpt-5", rules=[back]) == {"max_tokens": 9}
    again = Rule(drop={"reasoning_effort": ANY}, set={"reasoning_effort": "low"})
    assert left({"tools": [1]}, "gpt-5", rules=[again]) == {"tools": [1], "reasoning_effort": "low"}


@pytest.mark.parametrize(
    ("rules", "top", "expected"),
    [
        ([Rule(rename={"a": "b", "b": "c"})], {"a": 1}, {"c": 1}),
        ([Rule(rename={"a": "b"}), Rule(rename={"b": "a"})], {"a": 1}, {"a": 1}),
        ([Rule(rename={"a": "a"})], {"a": 1}, {"a": 1}),
        ([Rule(rename={"a": "b"}), Rule(drop={"b": 1})], {"a": 1}, {}),
        ([Rule(rename={"a": "b"}), Rule(set={"a": 2})], {"a": 1}, {"a": 2, "b": 1}),
        ([Rule(set={"a": 2}), Rule(rename={"a": "b"})], {}, {"b": 2}),
        ([Rule(set={"a": 2}), Rule(drop={"a": 2})], {}, {}),
        ([Rule(set={"a": 2}), Rule(drop={"a": 2}, set={"a": 3})], {"a": 1}, {"a": 1}),
        ([Rule(drop={"a": 1}, set={"a": 2})], {"a": 1}, {"a": 2}),
        ([Rule(set={"a": 1}), Rule(rename={"b": "a"})], {"b": 2}, {"a": 1}),
        ([Rule(rename={"a:b": 'c"d'})], {"a:b": "e:f"}, {'c"d': "e:f"}),
    ],
)
def test_rules_see_what_the_rules_before_them_have_made(
    rules: list[Rule], top: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert left(top, rules=rules) == expected


def test_a_text_that_has_no_utf_8_is_written_as_an_escape() -> None:
    rule = Rule(rename={"a": "\ud800"}, set={"b": "\ud800"})
    assert left({"a": 1}, rules=[rule], model="\ud800") == {"\ud800": 1, "b": "\ud800"}


@pytest.mark.parametrize("when", [None, False, 0, "", [], {}])
def test_a_field_that_holds_nothing_is_no_occasion(when: Any) -> None:
    rule = Rule(when="w", set={"a": 1})
    assert left({"w": when}, rules=[rule]) == {"w": when}
    assert left({"w": "x"}, rules=[rule]) == {"w": "x", "a": 1}


@pytest.mark.parametrize(
    ("value", "dropped", "is_one"),
    [
        ("0", 0, True),
        ("false", 0, False),
        ("0", False, False),
        ("false", False, True),
        ("null", None, True),
        ("0", None, False),
        ('"a"', "a", True),
        ('{"a":[1]}', {"a": [1]}, True),
        ("[]", ANY, True),
        ("true", Below(2), False),
        ('"0"', Below(2), False),
        ("1.9", Below(2), True),
        ("2", Below(2), False),
    ],
)
def test_a_value_is_dropped_only_where_it_is_the_same_to_json(
    value: str, dropped: Any, is_one: bool
) -> None:
    assert is_dropped(json.loads(value), dropped) is is_one
