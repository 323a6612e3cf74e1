"""A picture that the model refuses costs the picture, never the turn."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest

from injector.store import Limits
from injector.store.memory import MemoryStore
from tests.injector.trouble.asking import ID, ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, SENTENCE, Form, pictures, said
from tests.injector.trouble.scripted import Act, error, stream

Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Share: TypeAlias = Callable[..., Awaitable[str]]

OWN = "data:image/png;base64,T1dO"
INVALID = "You uploaded an unsupported image. Please make sure your image is valid."
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)

REFUSALS: dict[str, Callable[[Form], Act]] = {
    "400": lambda _: error(400, INVALID, type="invalid_request_error"),
    "400 that says nothing of images": lambda _: error(400, "Invalid value."),
    "413": lambda _: error(413, "Request too large."),
    "415": lambda _: error(415, "Unsupported media type."),
    "422": lambda _: error(422, "Unprocessable."),
    "500 about the image": lambda _: error(500, "Failed to decode image."),
    "502 about the image": lambda _: error(502, "Error while downloading the Image"),
    "an error event about the image": lambda form: stream(
        form.opening, form.error.replace(b"it was", b"The image could not be processed.")
    ),
}
refusals = pytest.mark.parametrize(
    "act", REFUSALS.values(), ids=[name.replace(" ", "-") for name in REFUSALS]
)


def shown(side_turns: list[Any]) -> list[int]:
    """Return how many pictures each turn showed to the model."""
    return [len(pictures(sent.body)) for sent in side_turns]


@refusals
@forms
async def test_the_turn_is_asked_once_more_without_the_picture(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    png: bytes,
    act: Callable[[Form], Act],
    form: Form,
) -> None:
    side = await model(act(form), form.good())
    root = await endpoint(side.base_url)
    await share(root, png, ID)
    heard = await ask(client, root, form)
    assert (heard.status, heard.body, heard.fallback) == (200, form.spoken, None)
    assert heard.context == "image-refused"
    assert shown(side.turns) == [1, 0]
    assert "What do you see?" in str(side.turns[1].body[form.asked])


@pytest.mark.parametrize("status", [400, 413, 415, 422])
async def test_so_is_a_turn_that_is_not_streamed(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    png: bytes,
    status: int,
) -> None:
    side = await model(error(status, INVALID), error(401))
    root = await endpoint(side.base_url)
    await share(root, png, ID)
    heard = await ask(client, root, CHAT, CHAT.turn(stream=False))
    assert (heard.status, heard.fallback) == (401, None)
    assert shown(side.turns) == [1, 0]


@forms
async def test_pictures_of_the_request_itself_are_kept(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    png: bytes,
    form: Form,
) -> None:
    side = await model(error(400, INVALID), form.good())
    root = await endpoint(side.base_url)
    await share(root, png, ID)
    kind = "text" if form is CHAT else "input_text"
    body = form.turn(text=[{"type": kind, "text": "This one?"}, form.picture(OWN)])
    heard = await ask(client, root, form, body)
    assert (heard.body, heard.context) == (form.spoken, "image-refused")
    assert shown(side.turns) == [2, 1]
    assert pictures(side.turns[1].body) == [OWN]


async def described(store: MemoryStore, text: str) -> None:
    (shared,) = (await store.context(ID)).pictures
    await store.describe(shared.picture.digest, text)


@refusals
@forms
async def test_a_picture_that_was_described_is_told_in_words(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    png: bytes,
    act: Callable[[Form], Act],
    form: Form,
) -> None:
    side = await model(act(form), form.good())
    store = MemoryStore(Limits())
    root = await endpoint(side.base_url, keeps=store)
    await share(root, png, ID)
    await described(store, "A red square.")
    heard = await ask(client, root, form)
    assert (heard.body, heard.context) == (form.spoken, "image-refused")
    assert shown(side.turns) == [1, 0]
    question, words = side.turns[1].body[form.asked][0]["content"]
    assert question["text"] == "What do you see?"
    assert words["type"] == question["type"]
    assert "It was described as: A red square.]" in words["text"]


@forms
async def test_words_that_are_refused_too_are_left_out(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    png: bytes,
    form: Form,
) -> None:
    side = await model(error(400, INVALID), error(400, "Filtered."), form.good())
    store = MemoryStore(Limits())
    root = await endpoint(side.base_url, keeps=store)
    await share(root, png, ID)
    await described(store, "A red square.")
    heard = await ask(client, root, form)
    assert (heard.body, heard.context) == (form.spoken, "image-refused")
    assert ["A red square." in str(sent.body) for sent in side.turns] == [False, True, False]
    assert side.turns[2].body[form.asked] == form.turn()[form.asked]


@pytest.mark.parametrize("own", [False, True], ids=["no-picture", "a-picture-of-its-own"])
@forms
async def test_without_a_picture_of_ours_nothing_is_asked_again(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form, *, own: bool
) -> None:
    side = await model(error(400, INVALID))
    text = [form.picture(OWN)] if own else "What do you see?"
    heard = await ask(client, await endpoint(side.base_url), form, form.turn(text=text))
    assert (said(form, heard.body), heard.context) == (SENTENCE, "no-image")
    assert "400" in (heard.fallback or "")
    assert len(side.turns) == 1


@forms
async def test_a_turn_that_is_refused_without_it_too_is_given_up(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    png: bytes,
    form: Form,
) -> None:
    side = await model(error(400, INVALID), error(400, "Invalid schema."))
    root = await endpoint(side.base_url, first_byte_timeout=2.0)
    await share(root, png, ID)
    heard = await ask(client, root, form)
    assert said(form, heard.body) == SENTENCE
    assert "400" in (heard.fallback or "")
    assert shown(side.turns) == [1, 0]


async def test_without_a_sentence_the_last_refusal_is_told(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    side = await model(error(400, INVALID), error(422, "Invalid schema."))
    root = await endpoint(side.base_url, says={"failed": None})
    await share(root, png, ID)
    heard = await ask(client, root, CHAT)
    assert (heard.status, heard.error["message"]) == (422, "Invalid schema.")


async def test_a_refused_picture_is_left_out_of_all_further_attempts(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    side = await model(error(503), error(400, INVALID), error(503), CHAT.good())
    root = await endpoint(side.base_url)
    await share(root, png, ID)
    heard = await ask(client, root, CHAT)
    assert (heard.body, heard.context) == (CHAT.spoken, "image-refused")
    assert shown(side.turns) == [1, 1, 0, 0]


async def test_the_next_turn_shows_it_again(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    # What was wrong may have been the moment: a picture is not forgotten for one refusal.
    side = await model(error(400, INVALID), CHAT.good())
    root = await endpoint(side.base_url)
    await share(root, png, ID)
    contexts = [(await ask(client, root, CHAT)).context for _ in range(2)]
    assert contexts == ["image-refused", "attached;n=1"]
    assert shown(side.turns) == [1, 0, 1]


async def test_trouble_that_is_not_about_the_picture_keeps_it(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    side = await model(error(500), error(429), stream(CHAT.error), CHAT.good())
    root = await endpoint(side.base_url)
    await share(root, png, ID)
    heard = await ask(client, root, CHAT)
    assert (heard.body, heard.context) == (CHAT.spoken, "attached;n=1")
    assert shown(side.turns) == [1, 1, 1, 1]
