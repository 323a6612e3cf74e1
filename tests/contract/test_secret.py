"""A secret in bytes, in whatever form."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.secret import Known, Span, cover, in_bytes


def token(secret: str) -> str:
    return f"<{len(secret)}>"


def hidden(data: bytes, *secrets: str) -> bytes:
    return cover(data, (), Known(secrets).spans(data), token)[0]


secrets = st.text(min_size=1) | st.text('"\\/\n\té日😀 %+a', min_size=1)


@given(secrets, st.text("<é \n\t", max_size=3))
def test_a_secret_is_found_in_every_form_in_which_it_may_be_echoed(secret: str, near: str) -> None:
    text = near + secret + near
    echoes = [
        text.encode(),
        quote(text, safe="").encode(),
        quote(text).encode(),
        quote_plus(text).encode(),
        quote(text, safe="").lower().encode() if secret.islower() else b"",
    ]
    expected_size = f"<{len(secret)}>".encode()
    for echo in filter(None, echoes):
        if not echo.lstrip().startswith((b"{", b"[", b":", b"data:", b"id:", b"event:", b"retry:")):
            assert expected_size in hidden(echo, secret)


@given(secrets, st.text("<é \n\t", max_size=3))
def test_a_secret_in_json_is_found_in_every_escape_and_the_json_stays(
    secret: str, near: str
) -> None:
    value = {"a": near + secret + near, "b": 1}
    texts = [
        json.dumps(value),
        json.dumps(value, ensure_ascii=False),
        json.dumps(value, ensure_ascii=False).replace("/", "\\/"),
        json.dumps({"arguments": json.dumps(value)}),
        json.dumps({"arguments": json.dumps(value, ensure_ascii=False)}, ensure_ascii=False),
    ]
    for text in texts:
        safe = hidden(text.encode(), secret).decode()
        assert f"<{len(secret)}>" in safe


@given(
    st.text(min_size=8, alphabet=st.characters(exclude_categories=["Cs"])),
    st.binary(max_size=5),
    st.binary(max_size=5),
)
def test_a_secret_is_found_inside_base64(secret: str, before: bytes, after: bytes) -> None:
    data = before + secret.encode() + after
    for text in (base64.b64encode(data), base64.urlsafe_b64encode(data)):
        for echo in (b"x=" + text, quote(text).encode(), json.dumps([text.decode()]).encode()):
            left = hidden(echo, secret)
            assert f"<{len(secret)}>".encode() in left
            assert base64.b64encode(secret.encode()).rstrip(b"=")[:-1] not in left


def test_a_secret_is_found_in_html() -> None:
    assert hidden(html.escape("a <b&c>'d'").encode(), "a <b&c>'d'") == b"<10>"


def test_what_was_learned_last_is_kept() -> None:
    known = Known(("one-secret", "two-secret"), most=2)
    known.learn(("one-secret",))
    known.learn(("new-secret",))
    found = {span.secret for span in known.spans(b"one-secret two-secret new-secret")}
    assert found == {"one-secret", "new-secret"}
    known.learn(("a-secret", "b-secret", "c-secret"))
    assert len(known.spans(b"a-secret b-secret c-secret")) == 3


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (b'{"a": "x\\"12345678"}', b'{"a": "<10>"}'),
        (b'{"a": "x\\u002212345678"}', b'{"a": "<10>"}'),
        (b'{"x"12345678: 1}', b'{"x"12345678: 1}'),
    ],
)
def test_in_json_a_secret_never_crosses_a_quotation_mark(text: bytes, safe: bytes) -> None:
    assert hidden(text, 'x"12345678') == safe


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (b'{"a": 12345678, "b": "12345678"}', b'{"a": "<8>", "b": "<8>"}'),
        (b'{"a": "b: 12345678, c"}', b'{"a": "b: <8>, c"}'),
        (b'{"a": 9123456780}', b'{"a": "<8>"}'),
        (b'data: {"a": [12345678]}\n\n', b'data: {"a": ["<8>"]}\n\n'),
        (b"12345678 is no JSON", b"<8> is no JSON"),
    ],
)
def test_a_number_that_is_a_secret_becomes_a_text(text: bytes, safe: bytes) -> None:
    assert hidden(text, "12345678") == safe


@pytest.mark.parametrize(
    ("text", "known", "safe"),
    [
        (b"abcdefgh-ijklmnop", ("abcdefgh", "abcdefgh-ijklmnop"), b"<17>"),
        (b"abcdefghij", ("abcdefgh", "cdefghij"), b"<17>"),
        (b"abcdefghabcdefgh", ("abcdefgh",), b"<8><8>"),
        (b"<8>redacted", ("redacted", "<8>"), b"<3><8>"),
        (b"abcdefg", ("abcdefgh",), b"abcdefg"),
    ],
)
def test_secrets_that_overlap_leave_nothing_of_either(
    text: bytes, known: tuple[str, ...], safe: bytes
) -> None:
    assert hidden(text, *known) == safe


def test_a_secret_of_many_backslashes_takes_no_time() -> None:
    assert hidden(b"\\" * 100_000, "\\" * 30 + "x") == b"\\" * 100_000


@given(st.lists(st.binary(max_size=6), max_size=6), st.integers(0, 3))
def test_pieces_keep_their_times_and_add_up(pieces: list[bytes], size: int) -> None:
    body = b"".join(pieces)
    arrivals = tuple((float(at), len(piece)) for at, piece in enumerate(pieces))
    spans = [Span(at, at + size, "x" * size) for at in range(0, len(body) - size, 2)]
    covered, sized = cover(body, arrivals, spans, token)
    assert [at for at, _ in sized] == [at for at, _ in arrivals]
    assert sum(length for _, length in sized) == len(covered)
    assert all(length >= 0 for _, length in sized)


def test_a_piece_that_is_cut_inside_a_secret_ends_behind_its_token() -> None:
    covered, sized = cover(
        b"ab-secret-cd", ((1.0, 5), (2.0, 2), (3.0, 5)), [Span(3, 9, "secret")], token
    )
    assert covered == b"ab-<6>-cd"
    assert sized == ((1.0, 6), (2.0, 0), (3.0, 3))


@given(st.text(), st.text(), st.text())
def test_spans_of_a_text_are_spans_of_its_bytes(before: str, secret: str, after: str) -> None:
    text = before + secret + after
    (span,) = in_bytes(text, [Span(len(before), len(before + secret), "s")], "strict")
    assert text.encode()[span.start : span.end] == secret.encode()


def test_in_json_a_backslash_of_a_secret_is_no_escape_of_something_else() -> None:
    text = rb'{"a": "x\nabcdefg", "b": "x\\nabcdefg"}'
    assert hidden(text, r"x\nabcdefg") == rb'{"a": "x\nabcdefg", "b": "<10>"}'
