from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from aiohttp import web

from contract.errors import ServiceError
from rehearsal.guest import forget, share

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


async def test_an_endpoint_that_is_asked_too_often_is_waited_for(serve: Serve) -> None:
    seen: list[str] = []

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        image = form["image"]
        assert isinstance(image, web.FileField)
        seen.append(image.file.read().decode())
        if len(seen) == 1:
            return web.Response(status=429, headers={"Retry-After": "0"})
        return web.json_response({"temporaryId": "t1"}, status=201)

    async def pair(_: web.Request) -> web.Response:
        return web.json_response({"images": 1})

    app = web.Application()
    app.router.add_post("/upload_image", take)
    app.router.add_post("/associate_context", pair)
    assert (await share(await serve(app), b"pixels", "c1"))["images"] == 1
    assert seen == ["pixels", "pixels"]


@pytest.mark.parametrize("after", ["3600", "Wed, 21 Oct 2026 07:28:00 GMT", ""])
async def test_nobody_waits_for_an_hour(serve: Serve, after: str) -> None:
    async def take(_: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": after} if after else {})

    app = web.Application()
    app.router.add_post("/upload_image", take)
    root = await serve(app)
    with pytest.raises(ServiceError, match="answered 429"):
        await share(root, b"pixels", "c1")


async def test_an_operator_shows_the_bearer(serve: Serve) -> None:
    seen: list[tuple[str, str, str | None]] = []

    @web.middleware
    async def look(request: web.Request, handler: Any) -> web.StreamResponse:
        seen.append((request.method, request.raw_path, request.headers.get("Authorization")))
        response: web.StreamResponse = await handler(request)
        return response

    async def forgotten(_: web.Request) -> web.Response:
        return web.json_response({"forgotten": 1})

    app = injector([])
    app.middlewares.append(look)
    app.router.add_delete("/context/{id:.*}", forgotten)
    root = await serve(app)
    assert await forget(root, "c/1 ü", bearer="b")
    await share(root, b"pixels", "c1", bearer="b")
    assert seen == [
        ("DELETE", "/context/c%2F1%20%C3%BC", "Bearer b"),
        ("POST", "/upload_image", "Bearer b"),
        ("POST", "/associate_context", "Bearer b"),
    ]


async def test_what_may_not_be_forgotten_is_told(serve: Serve, unused_tcp_port: int) -> None:
    assert not await forget(await serve(web.Application()), "c1")
    with pytest.raises(ServiceError, match="cannot be reached"):
        await forget(f"http://127.0.0.1:{unused_tcp_port}", "c1")
