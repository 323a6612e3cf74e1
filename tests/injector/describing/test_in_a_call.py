"""From the upload to the turn: a model that refuses a picture is told its description."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

from contract.config import Config, Images, Injector, Upstream
from contract.config.places import Store as Place
from injector.app import create_app
from injector.describing import DESCRIBER
from injector.parts import STORE
from tests.injector.conftest import Serve
from tests.injector.trouble.asking import ID, ask
from tests.injector.trouble.forms import FORMS, Form, pictures
from tests.injector.trouble.scripted import Act, Scripted, Sent, answer, error

Share: TypeAlias = Callable[..., Awaitable[str]]

TOLD = 'A red square. It says "Eingang".'
WHOLE = b'{"choices": [{"message": {"role": "assistant", "content": "%b"}}]}'


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_what_a_picture_was_described_as_takes_its_place_where_it_is_refused(
    serve: Serve, client: aiohttp.ClientSession, share: Share, png: bytes, form: Form
) -> None:
    def side(sent: Sent) -> Act:
        if not sent.body.get("stream"):
            return answer(body=WHOLE % TOLD.replace('"', r"\"").encode())
        return error(400, "Invalid image.") if pictures(sent.body) else form.good()

    async with Scripted() as model:
        model.play_by(side)
        upstream = Upstream(base_url=model.base_url, api_key="key")
        images = Images(store=Place.parse("memory:"))
        app = create_app(Config(injector=Injector(upstream=upstream, images=images)))
        root = await serve(app)
        temporary_id = await share(root, png, ID)
        upload = await app[STORE].waiting(temporary_id)
        assert app[DESCRIBER].begin(upload)
        await asyncio.wait(app[DESCRIBER]._tasks, timeout=5)
        assert (await app[STORE].waiting(temporary_id)).picture.description == TOLD
        heard = await ask(client, root, form)
        async with client.get(f"{root}/metrics") as response:
            metrics = await response.text()
    assert (heard.body, heard.context) == (form.spoken, "image-refused")
    asked, shown, told = model.turns
    assert [len(pictures(it.body)) for it in (asked, shown, told)] == [1, 1, 0]
    *_, said = told.body[form.asked][-1]["content"]
    assert said["text"].endswith(f"It was described as: {TOLD}]")
    assert upload.picture.part not in told.raw
    assert 'sightline_descriptions_total{result="kept"} 1.0' in metrics
