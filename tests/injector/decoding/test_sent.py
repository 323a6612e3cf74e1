import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import BadRequest, TooLarge
from injector.decoding.sent import Sent, picture_bytes


def sent(**value: Any) -> Sent:
    return Sent("json", json.dumps(value).encode())


@given(st.binary(), st.sampled_from(["", "data:;base64,", "DATA:image/x;charset=y;BASE64,"]))
def test_base64_and_data_uris_hold_a_picture(data: bytes, head: str) -> None:
    text = head + base64.b64encode(data).decode()
    if text and not text.startswith("//"):
        assert picture_bytes(sent(image=text)) == (data, None)


@given(st.binary(min_size=1))
def test_bytes_are_taken_as_they_are(data: bytes) -> None:
    if b"://" not in data:
        assert picture_bytes(Sent("picture", data)) == (data, None)


@pytest.mark.parametrize("describe", [True, False])
def test_a_json_body_may_ask_for_a_description(describe: bool) -> None:
    assert picture_bytes(sent(image="AAAA", describe=describe)) == (b"\0\0\0", describe)


@pytest.mark.parametrize("describe", [None, "true", 1, []])
def test_whether_to_describe_is_true_or_false(describe: Any) -> None:
    with pytest.raises(BadRequest, match="`describe` must be true or false") as raised:
        picture_bytes(sent(image="AAAA", describe=describe))
    assert raised.value.param == "describe"


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/x.png",
        "HTTPS://example.com/x.png",
        " https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://example.com/x",
        "gopher://example.com/x",
        "blob:https://example.com/1",
        "//example.com/x.png",
        r"\\host\share\x.png",
        "C:/x.png",
    ],
)
def test_an_address_is_not_fetched_and_the_error_says_why(address: str) -> None:
    with pytest.raises(BadRequest, match=r"not fetched: .* could read what this server") as raised:
        picture_bytes(sent(image=address))
    assert raised.value.param == "image"


@pytest.mark.parametrize("data", [b"https://example.com/x.png", b"\nFILE:///etc/passwd\n"])
def test_an_address_in_the_place_of_bytes_is_not_fetched(data: bytes) -> None:
    with pytest.raises(BadRequest, match="not fetched"):
        picture_bytes(Sent("picture", data))


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        (b"", "not JSON", None),
        (b"{", "not JSON", None),
        (b"\xff{}", "not JSON", None),
        (b"[" * 10**5, "not JSON", None),
        (b"[]", "not an object", None),
        (b"{}", "`image` must be a text", "image"),
        (b'{"image": null}', "`image` must be a text", "image"),
        (b'{"image": {"url": "x"}}', "`image` must be a text", "image"),
        (b'{"image": " "}', "`image` must be a text", "image"),
        (b'{"image": "AAA"}', "`image` is not base64", "image"),
        (b'{"image": "AA AA"}', "`image` is not base64", "image"),
        (b'{"image": "data:image/png,AAAA"}', "`image` is not base64", "image"),
        (rb'{"image": "\ud800"}', "`image` is not base64", "image"),
    ],
)
def test_a_body_without_a_picture_is_refused(body: bytes, message: str, param: str) -> None:
    with pytest.raises(BadRequest, match=message) as raised:
        picture_bytes(Sent("json", body))
    assert raised.value.param == param


@pytest.mark.parametrize("one", [Sent("picture", b"abcd"), sent(image="YWJjZA==")])
def test_the_limit_counts_the_picture_itself(one: Sent) -> None:
    assert picture_bytes(one, 4) == (b"abcd", None)
    with pytest.raises(TooLarge, match="larger than 3 bytes"):
        picture_bytes(one, 3)


@given(st.binary(max_size=100) | st.text(max_size=50).map(lambda text: text.encode()))
def test_no_body_raises_anything_but_an_answer(body: bytes) -> None:
    for data in (body, b'{"image": "' + body + b'"}'):
        with suppress(BadRequest):
            picture_bytes(Sent("json", data))


def test_a_picture_is_not_told_when_what_was_sent_is() -> None:
    assert "secret" not in repr(Sent("picture", b"secret"))
