import base64
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injector.discreet import Discreet, shortened

BEARER = 'a bearer of "two" ways'
KEY = "sk-planted-0123456789"
DISCREET = Discreet([BEARER, KEY, ""])


@pytest.mark.parametrize(
    "text",
    [
        f"Incorrect API key provided: {KEY}.",
        f"{KEY}{KEY}",
        json.dumps({"authorization": f"Bearer {BEARER}"}),
        json.dumps(json.dumps({"authorization": f"Bearer {BEARER}"})),
        base64.b64encode(f"user:{KEY}".encode()).decode(),
        BEARER.replace(" ", "%20").replace('"', "%22"),
    ],
)
def test_a_secret_is_not_written_in_any_form(text: str) -> None:
    told = DISCREET(text)
    assert "[secret]" in told
    for part in (KEY, BEARER, "two", base64.b64encode(KEY.encode()).decode()[:12]):
        assert part not in told


@pytest.mark.parametrize("placeholder", ["", "x", "key"])
def test_what_is_too_short_for_a_secret_garbles_no_line(placeholder: str) -> None:
    text = "turn 'conv_x7key' goes on without its pictures"
    assert Discreet([placeholder])(text) == text
    assert (
        Discreet([placeholder, "conv"])(text)
        == "turn '[secret]_x7key' goes on without its pictures"
    )


@pytest.mark.parametrize("size", [150, 5_000, 2_000_000])
def test_a_picture_is_not_written(size: int) -> None:
    pixels = base64.b64encode(bytes(range(256)) * (size // 256 + 1)).decode()
    for text in (f"data:image/png;base64,{pixels}", f'"image": "{pixels}" is no picture'):
        assert DISCREET(f"before {text}").startswith("before ")
        assert pixels[40:80] not in DISCREET(text)
    assert DISCREET(f"{pixels} after {pixels}").startswith("[base64]")


@given(st.text(st.characters(codec="utf-8"), max_size=120))
def test_other_text_stays_as_it_is(text: str) -> None:
    assert Discreet(["not in there, whatever comes"])(text) == text or "base64," in text


def test_half_a_surrogate_pair_passes() -> None:
    assert DISCREET("\ud800 x") == "\ud800 x"


def test_a_very_long_text_is_cut() -> None:
    assert len(DISCREET("x y " * 1_000_000)) <= 1 << 16


TEMPORARY_ID = "tmp_0123456789abcdef0123456789abcdef"
TOKEN = "ctx_fedcba9876543210fedcba9876543210"
TICKET = f"v1.1764000000.user-17.{'0a' * 32}"


@pytest.mark.parametrize("tell", [DISCREET, shortened])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"GET /uploads/{TEMPORARY_ID} failed", "GET /uploads/tmp_0123… failed"),
        (f'{{"contextToken": "{TOKEN}"}}', '{"contextToken": "ctx_fedc…"}'),
        (f"{TEMPORARY_ID},{TOKEN}", "tmp_0123…,ctx_fedc…"),
        (f"X-Sightline-Ticket: {TICKET}", "X-Sightline-Ticket: [ticket]"),
        (TICKET[:-10], "[ticket]"),
        (f"{TEMPORARY_ID[:-10]} is cut", "tmp_0123… is cut"),
        ("tmp_0123… ctx_ tmp_file v1.2.3", "tmp_0123… ctx_ tmp_file v1.2.3"),
    ],
)
def test_what_claims_a_picture_is_not_written(
    tell: Callable[[str], str], text: str, told: str
) -> None:
    assert tell(text) == told
