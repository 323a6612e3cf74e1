"""Whatever is sent, there is an answer that says what is wrong with it, and turns go on.

`SIGHTLINE_FUZZ=20000` in the environment asks for so many inputs in the place of 2,000.
"""

import asyncio
import base64
import io
import json
import os
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pillow_heif import register_heif_opener

from tests.injector.sharing.sending import HEAD, Sent, context, encoded, multipart, raw
from tests.injector.sharing.serving import Served, served

INPUTS = int(os.environ.get("SIGHTLINE_FUZZ", "2000"))
AT_ONCE = 8
LIMIT = 20_000

Mutation: TypeAlias = Callable[[bytes], bytes]

register_heif_opener()


def animated() -> bytes:
    buffer = io.BytesIO()
    frames = [Image.effect_noise((12, 9), 60).convert("P") for _ in range(3)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def with_metadata() -> bytes:
    buffer, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    image = Image.effect_noise((12, 9), 60).convert("CMYK")
    image.save(buffer, "JPEG", exif=exif, comment=b"a comment", progressive=True)
    return buffer.getvalue()


KINDS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "TIFF", "BMP")
PICTURES = [*(encoded(kind, (12, 9)) for kind in KINDS), animated(), with_metadata()]
"""Small, so that a change hits what decoders look at."""


def at(place: float, data: bytes) -> int:
    return int(place * len(data))


def overwritten(place: float, piece: bytes) -> Mutation:
    return lambda data: data[: at(place, data)] + piece + data[at(place, data) + len(piece) :]


def inserted(place: float, piece: bytes) -> Mutation:
    return lambda data: data[: at(place, data)] + piece + data[at(place, data) :]


def cut(place: float, length: int) -> Mutation:
    return lambda data: data[: at(place, data)] + data[at(place, data) + length :]


def ended(place: float) -> Mutation:
    return lambda data: data[: at(place, data)]


def repeated(place: float, length: int, times: int) -> Mutation:
    def mutate(data: bytes) -> bytes:
        start = at(place, data)
        return data[:start] + data[start : start + length] * times + data[start:]

    return mutate


PLACES = st.floats(0, 1) | st.floats(0, 0.1)
PIECES = st.binary(min_size=1, max_size=8) | st.sampled_from(
    [
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x00",
        b"\x7f\xff\xff\xff",
        b"\x80\x00",
        b"\xff\xd8",
        b"\r\n",
    ]
)
MUTATIONS = st.lists(
    st.one_of(
        st.builds(overwritten, PLACES, PIECES),
        st.builds(inserted, PLACES, PIECES),
        st.builds(cut, PLACES, st.integers(1, 64)),
        st.builds(ended, PLACES),
        st.builds(repeated, PLACES, st.integers(1, 64), st.integers(1, 40)),
    ),
    max_size=4,
)


def mutated(data: bytes, mutations: list[Mutation]) -> bytes:
    for mutate in mutations:
        data = mutate(data)
    return data


FORMS = ("form", "raw", "json")


@st.composite
def sendings(draw: st.DrawFn) -> Sent:
    """A mutated picture in one of the three forms, which now and then is mutated as well."""
    picture = mutated(draw(st.sampled_from(PICTURES)), draw(MUTATIONS))
    around = draw(st.just([]) | MUTATIONS)
    kind = draw(st.sampled_from(FORMS))
    if kind == "raw":
        return raw(mutated(picture, around), draw(st.sampled_from(["image/png", "text/plain", ""])))
    if kind == "form":
        return multipart(mutated(HEAD + b"\r\n" + picture + b"\r\n--B--\r\n", around))
    body = json.dumps({"image": base64.b64encode(picture).decode()}).encode()
    return raw(mutated(body, around), "application/json")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def endpoint() -> AsyncIterator[Served]:
    async with served(max_upload=LIMIT) as started:
        yield started


async def answered(endpoint: Served, sent: Sent) -> int:
    """Return the status of an answer that says all that it must."""
    async with endpoint.client.post(f"{endpoint.root}/upload_image", **sent) as response:
        told = await response.json()
    if response.status == 201:
        assert told["temporaryId"]
        return 201
    assert 400 <= response.status < 500, told
    assert told["error"].keys() == {"message", "type", "param", "code"}
    assert told["error"]["type"] == "invalid_request_error"
    assert len(told["error"]["message"]) > 10
    return response.status


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionParam")
@settings(
    max_examples=-(-INPUTS // AT_ONCE),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(sendings(), min_size=AT_ONCE, max_size=AT_ONCE))
async def test_whatever_is_sent_is_taken_or_refused_with_words(
    endpoint: Served, sent: list[Sent]
) -> None:
    uploads = [asyncio.create_task(answered(endpoint, one)) for one in sent]
    assert await context(endpoint.client, endpoint.root) == "no-image"
    await asyncio.gather(*uploads)
    assert endpoint.room.free == endpoint.room.size
