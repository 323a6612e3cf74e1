"""What is asked about a picture, and what is kept of the answer."""

import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.config import Config, Images, Injector, Rule, Upstream
from injector.body import Manner, manner
from injector.describing.wording import LONGEST, NotDescribed, description, question
from rehearsal.chat import request as stand_in
from tests.injector.body.asking import picture

PICTURE = picture(b"PIXELS")


def manner_of(model: str, **images: Any) -> Manner:
    return manner(Injector(upstream=Upstream(model=model), images=Images(**images)))


def answered(content: Any, **more: Any) -> bytes:
    message = {"role": "assistant", "content": content} | more
    return json.dumps({"choices": [{"index": 0, "message": message}]}).encode()


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-5-mini", "gpt-6-luna", "o3", "llava"])
def test_every_model_takes_the_question(model: str) -> None:
    value = json.loads(question(PICTURE, manner_of(model)))
    asked = stand_in.read(value)  # which refuses what OpenAI refuses of that model
    assert (asked.model, asked.stream, asked.tools) == (model, False, ())
    assert asked.limit == 2000
    assert asked.pictures == (b"PIXELS",)


@pytest.mark.parametrize("placement", ["last_user", "anchored"])
def test_it_is_asked_with_the_detail_and_the_rules_of_turns(placement: str) -> None:
    config = Config().injector
    rules = (Rule(set={"seed": 7}),)
    how = manner(
        replace(
            config,
            upstream=replace(config.upstream, rules=rules),
            images=Images(detail="low", placement=placement),  # type: ignore[arg-type]
        )
    )
    value = json.loads(question(PICTURE, how))
    assert (value["seed"], value["temperature"]) == (7, 0)
    (part,) = (it for it in value["messages"][-1]["content"] if it["type"] == "image_url")
    assert part["image_url"] == {"url": json.loads(PICTURE.part), "detail": "low"}


def test_the_text_is_kept_in_one_line() -> None:
    assert description(answered(" A cat,\r\n\ton a mat. ")) == "A cat, on a mat."


def test_what_has_no_shape_of_its_own_is_left_out_and_scripts_are_not() -> None:
    told = "A\x00 sign\x1b[31m: \u202e\U000e0041क्\u200dष \x7f\x9b\ud800 👩\u200d🚀."
    assert description(answered(told)) == "A sign[31m: क्\u200dष 👩\u200d🚀."


@given(st.text(st.characters(), min_size=1) | st.text("ab \n\x00", min_size=LONGEST - 9))
def test_whatever_the_model_says_a_description_is_one_short_line_that_can_be_kept(
    text: str,
) -> None:
    try:
        told = description(answered(text))
    except NotDescribed:
        return
    assert 0 < len(told) <= LONGEST
    assert told.encode()
    assert not {unicodedata.category(one) for one in told} & {"Cc", "Cs", "Zl", "Zp"}


def test_a_long_one_is_cut() -> None:
    told = description(answered("cat " * 1000))
    assert len(told) <= LONGEST
    assert told.endswith("cat…")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"null", "said nothing"),
        (b'{"choices": null}', "said nothing"),
        (b'{"choices": [{"message": {"content": 7}}]}', "said nothing"),
        (b'{"error": {"message": "what was said", "code": "c"}}', "is an error"),
        (answered("A cat.").replace(b"{", b'{"error": "what was said",', 1), "is an error"),
        (answered(""), "said nothing"),
        (answered(" \n\x00\u202e"), "said nothing"),
        (answered(None, refusal="I cannot."), "refused"),
        (answered(None, tool_calls=[{"function": {"name": "f"}}]), "called a tool"),
    ],
)
def test_an_answer_that_says_nothing_of_the_picture_is_no_description(
    answer: bytes, why: str
) -> None:
    with pytest.raises(NotDescribed, match=why) as raised:
        description(answer)
    assert "what was said" not in str(raised.value)
