"""Whatever a phone sends arrives at the model upright, in its colours, and without its secrets.

The whole way over real sockets: upload, association, a turn, and a model's side that keeps the body
of the turn and answers as the stand-in model does, which looks at the pixels.
"""

import base64
import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web
from PIL import ExifTags, Image, ImageCms
from pillow_heif import register_heif_opener

import rehearsal
from rehearsal import eyes

register_heif_opener()

OWN = Path(rehearsal.__path__[0]) / "photos"
EXTRA = Path(__file__).parent.parent / "photos"
SECRET = "Lisa Muster, Haus am See 7"

RED, GREEN, BLUE, WHITE = (205, 30, 30), (40, 150, 50), (40, 80, 200), (248, 248, 248)
QUARTERS = "top left red, top right green, bottom left blue, bottom right white"

Handle: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Endpoint: TypeAlias = Callable[..., Awaitable[str]]

_UNDO = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that is held so stores an upright picture, by EXIF orientation."""


@dataclass(slots=True)
class Model:
    """A model's side that remembers the last turn, and an endpoint before it."""

    root: str = ""
    asked: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> bytes:
        """The file that the model was shown in the last turn."""
        parts = self.asked["messages"][-1]["content"]
        (uri,) = (part["image_url"]["url"] for part in parts if part["type"] == "image_url")
        head, _, data = uri.partition(",")
        assert head in {"data:image/jpeg;base64", "data:image/png;base64"}
        return base64.b64decode(data, validate=True)


@pytest.fixture(autouse=True)
def _decoded_in_here() -> None:
    """Not here: the children of the endpoint decode."""


@pytest.fixture
async def model(upstream: Callable[[Handle], Awaitable[str]], endpoint: Endpoint) -> Model:
    model = Model()

    async def answer(request: web.Request) -> web.Response:
        model.asked = await request.json()
        choice = {"index": 0, "message": {"role": "assistant", "content": "I see."}}
        return web.json_response({"object": "chat.completion", "choices": [choice]})

    model.root = await endpoint(await upstream(answer))
    return model


def four() -> Image.Image:
    """A picture of four colours, wider than high, so that a turn of it shows."""
    image = Image.new("RGB", (320, 200), WHITE)
    image.paste(RED, (0, 0, 160, 100))
    image.paste(GREEN, (160, 0, 320, 100))
    image.paste(BLUE, (0, 100, 160, 200))
    return image


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def with_metadata(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.ImageDescription] = SECRET
    place = tags.get_ifd(ExifTags.IFD.GPSInfo)
    place[1], place[2] = "N", (52.0, 31.0, 12.0)
    return tags


def sideways(orientation: int, kind: str) -> bytes:
    image = four()
    stored = image if orientation == 1 else image.transpose(_UNDO[orientation])
    options: dict[str, Any] = {"quality": 95} if kind in {"JPEG", "WEBP"} else {}
    return encoded(stored, kind, exif=with_metadata(orientation), **options)


def in_16_bits() -> bytes:
    """A grey PNG of 16 bits: nearly black over white."""
    halves = (600).to_bytes(2, "little") * 320 * 100 + b"\xff\xff" * 320 * 100
    return encoded(Image.frombytes("I;16", (320, 200), halves), "PNG")


def animated() -> bytes:
    others = [Image.new("RGB", (320, 200), (0, 0, 0)) for _ in range(5)]
    return encoded(four(), "GIF", save_all=True, append_images=others, duration=50)


def transparent() -> bytes:
    """The fourth quarter is black, and not seen: on white it must not turn black."""
    image = four().convert("RGBA")
    image.paste((0, 0, 0, 0), (160, 100, 320, 200))
    return encoded(image, "PNG")


def in_cmyk() -> bytes:
    return encoded(four().convert("CMYK"), "JPEG", quality=95)


def with_profile() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded(four(), "JPEG", quality=95, icc_profile=profile, comment=SECRET.encode())


async def shown(client: aiohttp.ClientSession, model: Model, body: Any, kind: str) -> bytes:
    """Upload, associate and ask; return the file that the model was shown."""
    if kind == "form":
        data: Any = aiohttp.FormData()
        data.add_field(
            "image", io.BytesIO(body), filename="picture", content_type="application/octet-stream"
        )
        sent: dict[str, Any] = {"data": data}
    elif kind == "json":
        text = json.dumps({"image": base64.b64encode(body).decode()}).encode()
        sent = {"data": io.BytesIO(text), "headers": {"Content-Type": "application/json"}}
    else:
        sent = {"data": io.BytesIO(body)}
    async with client.post(f"{model.root}/upload_image", **sent) as response:
        upload = await response.json()
        assert response.status == 201, upload
    pair = {"conversationId": "conv_1", "temporaryId": upload["temporaryId"]}
    async with client.post(f"{model.root}/associate_context", json=pair) as response:
        assert response.status == 200, await response.text()
    turn = {"messages": [{"role": "user", "content": "What do you see?"}]}
    async with client.post(
        f"{model.root}/v1/chat/completions", json=turn, headers={"X-Conversation-Id": "conv_1"}
    ) as response:
        assert response.headers["x-sightline-context"] == "attached;n=1"
        assert response.status == 200
    data = model.shown()
    assert len(data) == upload["bytes"]
    return bytes(data)


@pytest.mark.parametrize("form", ["form", "json", "raw"])
@pytest.mark.parametrize(
    "photo",
    [
        OWN / "astronaut.jpg",
        OWN / "cat.webp",
        OWN / "coffee.png",
        OWN / "rocket.jpg",
        EXTRA / "coffee.heic",
        EXTRA / "phone_sideways_12mp.jpg",
    ],
    ids=lambda photo: photo.name,
)
async def test_photographs_arrive_upright_in_their_colours(
    client: aiohttp.ClientSession, model: Model, photo: Path, form: str
) -> None:
    seen = eyes.describe(await shown(client, model, photo.read_bytes(), form))
    original = OWN / "coffee.png" if photo.suffix == ".heic" else photo
    expected = eyes.describe(original.read_bytes(), upright=True)
    assert seen.quarters == expected.quarters
    assert seen.width / seen.height == pytest.approx(expected.width / expected.height, rel=0.01)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
async def test_every_orientation_arrives_upright(
    client: aiohttp.ClientSession, model: Model, orientation: int, kind: str
) -> None:
    data = await shown(client, model, sideways(orientation, kind), "raw")
    seen = eyes.describe(data)
    assert seen.colours() == QUARTERS
    assert seen.width > seen.height


@pytest.mark.parametrize(
    "make",
    [in_cmyk, animated, transparent, with_profile, lambda: encoded(four(), "BMP")],
    ids=["cmyk", "animated gif", "alpha", "profile", "bmp"],
)
async def test_what_else_people_have_arrives_in_its_colours(
    client: aiohttp.ClientSession, model: Model, make: Callable[[], bytes]
) -> None:
    assert eyes.describe(await shown(client, model, make(), "raw")).colours() == QUARTERS


async def test_16_bits_of_grey_arrive_as_they_are(
    client: aiohttp.ClientSession, model: Model
) -> None:
    seen = eyes.describe(await shown(client, model, in_16_bits(), "raw"))
    assert seen.quarters == ("black", "black", "white", "white")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
async def test_nothing_of_the_metadata_reaches_the_model(
    client: aiohttp.ClientSession, model: Model, kind: str
) -> None:
    sent = sideways(6, kind)
    assert SECRET.encode() in sent
    data = await shown(client, model, sent, "raw")
    assert SECRET.encode() not in data
    assert SECRET not in json.dumps(model.asked)
    with Image.open(io.BytesIO(data)) as image:
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment"} & image.info.keys()


async def test_where_a_photograph_was_made_stays_with_its_owner(
    client: aiohttp.ClientSession, model: Model
) -> None:
    photo = (EXTRA / "phone_sideways_12mp.jpg").read_bytes()
    with Image.open(io.BytesIO(photo)) as image:
        assert image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    data = await shown(client, model, photo, "form")
    with Image.open(io.BytesIO(data)) as image:
        assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert len(data) <= 300_000
