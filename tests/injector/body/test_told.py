"""Where a picture is refused, what was said of it stands in its place as a text."""

import json
from dataclasses import replace
from typing import Any

import pytest

from contract.config.model import Placement
from injector.body import Api, parse_turn, told
from injector.body.place import content_digest
from injector.shared import Anchor, Shared
from tests.injector.body.asking import manner_of, picture, relay

CAT, CUP, SKY = (picture(name) for name in (b"CAT", b"CUP", b"SKY"))
KINDS = {Api.CHAT: "text", Api.RESPONSES: "input_text"}
PLACES = {Api.CHAT: "messages", Api.RESPONSES: "input"}
apis = pytest.mark.parametrize("api", Api)
placements = pytest.mark.parametrize("placement", ["last_user", "anchored"])


def of(shared: Any, description: str, anchor: Anchor | None = None) -> Shared:
    return Shared(replace(shared, description=description), anchor)


def at(ordinal: int, content: Any) -> Anchor:
    return Anchor(ordinal, content_digest(content))


def words(api: Api, description: str) -> dict[str, str]:
    text = "[The person has shared a picture, which cannot be shown. It was described as: "
    return {"type": KINDS[api], "text": f"{text}{description}]"}


def text_of(body: str, pictures: list[Shared], api: Api, placement: Placement = "last_user") -> str:
    turn = parse_turn(body.encode(), api)
    return b"".join(told(turn, pictures, manner_of(placement=placement))).decode()


@apis
@placements
def test_the_description_stands_where_the_picture_would(api: Api, placement: Placement) -> None:
    said = [{"role": "user", "content": it} for it in ("first", "second")]
    body = json.dumps({PLACES[api]: said})
    shared = [of(CAT, "A cat.", at(0, "first")), of(CUP, 'A cup: "Ö"\u2028.', at(1, "second"))]
    out = json.loads(text_of(body, shared, api, placement))[PLACES[api]]
    shown, _ = relay(body, shared, api=api, placement=placement)
    cat, cup = words(api, "A cat."), words(api, 'A cup: "Ö"\u2028.')
    found = [message["content"][1:] for message in out if message != said[0]]
    assert found == ([[cat], [cup]] if placement == "anchored" else [[cat, cup]])
    lengths = [len(message["content"]) for message in json.loads(shown)[PLACES[api]]]
    assert [len(message["content"]) for message in out] == lengths


@apis
@placements
def test_of_a_picture_without_a_description_nothing_is_said(api: Api, placement: Placement) -> None:
    body = json.dumps({PLACES[api]: [{"role": "user", "content": "hi"}]})
    only = json.loads(text_of(body, [Shared(CAT), of(CUP, "A cup.")], api, placement))
    assert only[PLACES[api]][0]["content"][1:] == [words(api, "A cup.")]
    assert text_of(body, [Shared(CAT), Shared(SKY)], api, placement) == body


@apis
def test_a_picture_that_the_platform_passes_on_stays_and_is_not_described_beside(api: Api) -> None:
    url = json.loads(CAT.part)
    native: dict[str, Any] = {"type": "image_url", "image_url": {"url": url}}
    if api is Api.RESPONSES:
        native = {"type": "input_image", "image_url": url}
    body = json.dumps({PLACES[api]: [{"role": "user", "content": [native]}]})
    assert text_of(body, [of(CAT, "A cat.")], api) == body
    out = json.loads(text_of(body, [of(CAT, "A cat."), of(CUP, "A cup.")], api))
    assert out[PLACES[api]][0]["content"] == [native, words(api, "A cup.")]


@apis
@placements
def test_where_nobody_has_spoken_nothing_is_said(api: Api, placement: Placement) -> None:
    body = json.dumps({PLACES[api]: [{"role": "assistant", "content": "Hello!"}]})
    assert text_of(body, [of(CAT, "A cat.")], api, placement) == body


def test_an_input_that_is_a_text_becomes_a_message_with_it() -> None:
    out = json.loads(text_of('{"input":"hi"}', [of(CAT, "A cat.")], Api.RESPONSES))
    (message,) = out["input"]
    assert message["content"] == [
        {"type": "input_text", "text": "hi"},
        words(Api.RESPONSES, "A cat."),
    ]
