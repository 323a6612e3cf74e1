from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from aiohttp import web

from contract.errors import ServiceError
from rehearsal.guest import share

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]


def injector(
    seen: list[Any], *, upload: int = 201, associate: int = 200, answer: str | None = None
) -> web.Application:
    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        image = form["image"]
        assert isinstance(image, web.FileField)
        seen.append((image.filename, image.content_type, image.file.read()))
        if answer is not None:
            return web.Response(status=upload, text=answer)
        return web.json_response({"temporaryId": "t1", "width": 3}, status=upload)

    async def pair(request: web.Request) -> web.Response:
        seen.append(await request.json())
        return web.json_response({"conversationId": "c1", "images": 1}, status=associate)

    app = web.Application(client_max_size=0)
    app.router.add_post("/upload_image", take)
    app.router.add_post("/associate_context", pair)
    return app


async def test_a_picture_is_uploaded_and_then_associated(serve: Serve) -> None:
    seen: list[Any] = []
    root = await serve(injector(seen))
    shared = await share(f"{root}/", b"pixels", "c1", filename="cat.png")
    assert seen == [
        ("cat.png", "image/png", b"pixels"),
        {"conversationId": "c1", "temporaryId": "t1"},
    ]
    assert shared == {"temporaryId": "t1", "width": 3, "conversationId": "c1", "images": 1}


async def test_a_picture_of_a_phones_size_is_uploaded_whole(serve: Serve) -> None:
    seen: list[Any] = []
    picture = bytes(range(256)) * 12_000
    await share(await serve(injector(seen)), picture, "c1")
    assert seen[0] == ("picture.jpg", "image/jpeg", picture)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"upload": 415, "answer": "no picture"}, "answered 415, not 201: no picture"),
        ({"associate": 409}, "associate_context answered 409, not 200: .*images"),
        ({"answer": "<html>"}, "not JSON: <html>"),
        ({"answer": "[1]"}, "no JSON object"),
        ({"answer": "{}"}, "without a temporaryId"),
    ],
)
async def test_a_refusal_is_shown_with_its_text(
    serve: Serve, options: dict[str, Any], message: str
) -> None:
    root = await serve(injector([], **options))
    with pytest.raises(ServiceError, match=message):
        await share(root, b"pixels", "c1")


async def test_an_injector_that_is_not_there_is_named(unused_tcp_port: int) -> None:
    with pytest.raises(ServiceError, match="cannot be reached"):
        await share(f"http://127.0.0.1:{unused_tcp_port}", b"pixels", "c1")
