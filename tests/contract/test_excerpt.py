import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.excerpt import excerpt

MITMPROXY = b"""<html>
    <head>
        <title>502 Bad Gateway</title>
    </head>
    <body>
        <h1>502 Bad Gateway</h1>
        <p>Server disconnected &amp; gone</p>
    </body>
</html>"""

SAYS = {
    "OpenAI's shape": (b'{"error": {"message": "it\\n burns"}}', "it burns"),
    "a page": (MITMPROXY, "502 Bad Gateway Server disconnected & gone"),
    "a page without a body": (b"<!DOCTYPE html><head><title>Oops</title></head>", "Oops"),
    "a page of scripts": (b"<script>alert(1)</script><style>p {}</style><p>Sorry", "Sorry"),
    "tags alone": (b"<html>", "<html>"),
    "a text": (b"upstream failed\nstack\ntrace", "upstream failed"),
    "other JSON": (b'{"detail": "no"}', '{"detail": "no"}'),
    "bytes": (b"\xff\x1b[31m", "\ufffd\\u001b[31m"),
    "nothing": (b" \n", ""),
}


@pytest.mark.parametrize(("body", "line"), SAYS.values(), ids=SAYS)
def test_an_error_answer_is_one_line(body: bytes, line: str) -> None:
    assert excerpt(body) == line


def test_a_long_line_is_cut_and_says_so() -> None:
    assert excerpt(b"x" * 161) == "x" * 159 + "…"
    assert excerpt(b"x" * 160) == "x" * 160
    assert len(excerpt(json.dumps({"error": {"message": "x" * 999}}).encode())) == 160


@given(st.binary() | st.text(alphabet="<>/!-head p\n").map(str.encode))
def test_whatever_comes_is_one_short_line(body: bytes) -> None:
    line = excerpt(body)
    assert len(line) <= 160
    assert not set("\n\r\t\x1b") & set(line)
