"""What is sent wrongly, as a table: with which status, words and place it is refused."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from tests.injector.sharing.sending import (
    HEAD,
    JPEG,
    LIMIT,
    Sent,
    as_form,
    as_json,
    as_raw,
    as_uri,
    associate,
    context,
    form,
    multipart,
    raw,
    upload,
)
from tests.injector.sharing.serving import Served, served

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
CUT = JPEG[: len(JPEG) // 2]
NESTED = (
    b'--B\r\nContent-Disposition: form-data; name="image"\r\n'
    b"Content-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\nx\r\n--C--\r\n--B--\r\n"
)
DEEP = b"".join(
    f"--{n}\r\nContent-Type: multipart/mixed; boundary={n + 1}\r\n\r\n".encode() for n in range(500)
)

REFUSED: dict[str, tuple[Sent, int, str, str | None]] = {
    "nothing": (raw(b""), 400, "the body is empty", "image"),
    "nothing as JSON": (raw(b"", "application/json"), 400, "the body is empty", "image"),
    "a text": (raw(b"hello"), 415, "picture", "image"),
    "an SVG": (raw(SVG, "image/svg+xml"), 415, "picture", "image"),
    "a PDF": (raw(PDF, "application/pdf"), 415, "picture", "image"),
    "half a JPEG": (raw(CUT, "image/jpeg"), 415, "whole", "image"),
    "half a JPEG in a form": (as_form(CUT), 415, "whole", "image"),
    "half a JPEG in JSON": (as_json(CUT), 415, "whole", "image"),
    "an SVG in a form": (as_form(SVG), 415, "picture", "image"),
    "nothing in a form": (as_form(b""), 415, "is empty", "image"),
    "too much": (
        as_raw(b"x" * (LIMIT + 1)),
        413,
        "larger than 5,000 bytes: send it smaller",
        "image",
    ),
    "too much in a form": (as_form(b"x" * (LIMIT + 1)), 413, "larger than 5,000", "image"),
    "too much in JSON": (
        as_json(b"x" * (LIMIT + 1)),
        413,
        "larger than 5,000 bytes: send it smaller",
        "image",
    ),
    "too much in a data URI": (as_uri(b"x" * (LIMIT + 1)), 413, "larger than", "image"),
    "a lot too much": (as_form(b"x" * 3_000_000), 413, "larger than", "image"),
    "too much beside it": (as_form(JPEG, note="x" * 70_000), 413, "larger than", "image"),
    "an address": ({"json": {"image": "https://x.example/a.jpg"}}, 400, "not fetched", "image"),
    "an ADDRESS": ({"json": {"image": "HTTP://127.0.0.1/a.jpg"}}, 400, "not fetched", "image"),
    "a file's address": ({"json": {"image": "file:///etc/passwd"}}, 400, "not fetched", "image"),
    "an address as a text": (raw(b"https://x.example/a.jpg"), 400, "not fetched", "image"),
    "an address in a form": (
        multipart(HEAD + b"\r\nhttps://x.example/a.jpg\r\n--B--\r\n"),
        400,
        "not fetched",
        "image",
    ),
    "a url in a form": (
        multipart(HEAD.replace(b"image", b"url") + b"\r\nhttps://x.example/\r\n--B--\r\n"),
        400,
        "fetched",
        "url",
    ),
    "a url in JSON": ({"json": {"url": "https://x.example/a.jpg"}}, 400, "fetched", "url"),
    "no image in the form": (
        {"data": form(("picture", JPEG, {"filename": "x"}))},
        400,
        "send the picture as its part `image`",
        "image",
    ),
    "two pictures in a form": (
        {"data": form(("image", JPEG, {"filename": "x"}), ("image", JPEG, {"filename": "y"}))},
        400,
        "each with an upload of its own",
        "image",
    ),
    "a form of nothing": (multipart(b"--B--\r\n"), 400, "`image`", "image"),
    "no boundary": (multipart(b"--B--\r\n", ""), 400, "form cannot be read", "image"),
    "a long boundary": (multipart(b"", f"; boundary={'b' * 99}"), 400, "form cannot", "image"),
    "another boundary": (multipart(b"--C\r\n\r\n"), 400, "form", "image"),
    "no form": (multipart(JPEG), 400, "form", "image"),
    "an empty form": (multipart(b""), 400, "form", "image"),
    "half a form": (multipart(HEAD + b"\r\n" + CUT), 400, "form", "image"),
    "a form without an end": (multipart(HEAD + b"\r\n" + JPEG), 400, "form", "image"),
    "half a head": (multipart(HEAD), 400, "form", "image"),
    "a head too long": (
        multipart(HEAD + b"X: " + b"y" * 60_000 + b"\r\n\r\n"),
        400,
        "form",
        "image",
    ),
    "no colon": (multipart(HEAD + b"nonsense\r\n\r\nx\r\n--B--\r\n"), 400, "form", "image"),
    "a charset that is none": (
        multipart(HEAD.replace(b"image", b"_charset_") + b"\r\n" + b"x" * 50 + b"\r\n--B--\r\n"),
        400,
        "form cannot",
        "image",
    ),
    "a form in a form": (multipart(NESTED), 400, "form", "image"),
    "forms in forms": (multipart(DEEP, "; boundary=0"), 400, "form", "image"),
    "broken base64": (
        {"json": {"image": "%%%"}},
        400,
        "not base64: send the picture's bytes",
        "image",
    ),
    "base64 cut short": ({"json": {"image": "QUJD" * 9 + "Q"}}, 400, "not base64", "image"),
    "base64 with é": ({"json": {"image": "QUéD"}}, 400, "not base64", "image"),
    "a URI without base64": (
        {"json": {"image": "data:image/jpeg,QUJD"}},
        400,
        "not base64",
        "image",
    ),
    "a URI of nothing": ({"json": {"image": "data:image/jpeg;base64,"}}, 415, "is empty", "image"),
    "JSON without image": ({"json": {}}, 400, "`image` must be", "image"),
    "null": ({"json": {"image": None}}, 400, "`image` must be", "image"),
    "a number": ({"json": {"image": 7}}, 400, "`image` must be", "image"),
    "an empty text": ({"json": {"image": " "}}, 400, "`image` must be", "image"),
    "a list": ({"json": [JPEG.hex()[:99]]}, 400, "not an object", None),
    "no JSON": (raw(b"{", "application/json"), 400, "not JSON", None),
    "a picture as JSON": (raw(JPEG, "application/json"), 400, "not JSON", None),
    "deep JSON": (raw(b"[" * 7_000, "application/json"), 400, "not JSON", None),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def endpoint() -> AsyncIterator[Served]:
    """An endpoint whose conversation `conv_kept` has a picture."""
    async with served(max_upload=LIMIT) as started:
        _, answer = await upload(started.client, started.root, as_raw(JPEG))
        ids = {"conversationId": "conv_kept", "temporaryId": answer["temporaryId"]}
        await associate(started.client, started.root, **ids)
        yield started


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionParam")
@pytest.mark.parametrize("name", REFUSED)
async def test_a_bad_upload_is_refused_with_words_and_changes_nothing(
    endpoint: Served, name: str
) -> None:
    sent, status, message, param = REFUSED[name]
    url = f"{endpoint.root}/upload_image"
    async with aiohttp.ClientSession() as client, client.post(url, **sent) as response:
        told = json.loads(await response.read())["error"]
        assert (response.status, told["param"]) == (status, param), told
    assert message in told["message"]
    assert told["type"] == "invalid_request_error"
    assert told.keys() == {"message", "type", "param", "code"}
    store = await endpoint.store.overview()
    assert (store.waiting, len(store.contexts)) == (0, 1)
    assert await context(endpoint.client, endpoint.root, "conv_kept") == "attached;n=1"
