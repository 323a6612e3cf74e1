"""No secret is left in an exchange, and nothing else is touched."""

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.exchange import Exchange, Headers, Request, Response
from contract.fieldpath import FieldPath, parse
from contract.redact import TOKEN, Redactor, Rules
from contract.secretname import PARAMETERS, is_secret

KEY = b"k" * 32
SECRET = "sk-4f9a8b7c6d5e"
JSON = ("Content-Type", "application/json")
STREAM = ("Content-Type", "text/event-stream")


def exchange(
    headers: Headers = (),
    body: bytes = b"",
    url: str = "https://example.test/v1/chat/completions",
    response: Response | None = None,
) -> Exchange:
    started = datetime(2026, 11, 23, 9, tzinfo=UTC)
    return Exchange("1", started, Request("POST", url, headers, body), response)


def redactor(
    *body: FieldPath, headers: tuple[str, ...] | None = None, text: bool = False
) -> Redactor:
    rules = Rules(body=body, text=text)
    return Redactor(rules if headers is None else replace(rules, headers=headers), KEY)


def redacted(one: Exchange, *body: str | dict[str, str], text: bool = False) -> Exchange:
    return redactor(*map(parse, body), text=text).redact(one)


def token(secret: str) -> str:
    return Redactor(Rules(), KEY).token(secret)


def body_of(value: Any, *places: str | dict[str, str]) -> Any:
    """Return a JSON body after its places were redacted."""
    return json.loads(redacted(exchange((JSON,), json.dumps(value).encode()), *places).request.body)


def test_equal_secrets_have_equal_tokens_in_one_recording_and_others_in_the_next() -> None:
    one, next_one = Redactor(Rules()), Redactor(Rules())
    assert one.token(SECRET) == one.token(SECRET)
    assert one.token(SECRET) != one.token(SECRET + "x")
    assert one.token(SECRET) != next_one.token(SECRET)
    assert TOKEN.fullmatch(one.token(SECRET))
    assert TOKEN.fullmatch(one.token("\ud800"))


@pytest.mark.parametrize(
    ("name", "value", "safe"),
    [
        ("Authorization", f"Bearer {SECRET}", f"Bearer {token(SECRET)}"),
        ("authorization", f"  bearer   {SECRET} ", f"  bearer   {token(SECRET)} "),
        ("Authorization", SECRET, token(SECRET)),
        ("Authorization", "Token e", f"Token {token('e')}"),
        ("Authorization", "Bearer", token("Bearer")),
        ("Proxy-Authorization", f"Basic {SECRET}", f"Basic {token(SECRET)}"),
        ("X-API-Key", "short", token("short")),
        ("xi-api-key", SECRET, token(SECRET)),
        ("Cookie", "a=1; b=2", token("a=1; b=2")),
        ("Set-Cookie", "a=1; Path=/", token("a=1; Path=/")),
        ("x-api-key", " ", " "),
        ("Host", "example.test", "example.test"),
    ],
)
def test_a_configured_header_is_replaced_in_requests_and_in_answers(
    name: str, value: str, safe: str
) -> None:
    headers = (("A", "1"), (name, value), ("a", "2"))
    one = redacted(exchange(headers, response=Response(200, headers)))
    assert one.response
    assert one.request.headers == one.response.headers == (("A", "1"), (name, safe), ("a", "2"))
    place = f"header.{name.lower()}"
    assert one.redacted == (() if safe == value else (f"$request.{place}", f"$response.{place}"))


def test_only_the_configured_headers_are_replaced() -> None:
    headers = (("Authorization", "a"), ("Set-Cookie", "b"), ("X-Mine", "c"))
    one = redactor(headers=("X-Mine",)).redact(exchange(headers))
    assert one.request.headers == (*headers[:2], ("X-Mine", token("c")))


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://h/?a=1&token=x&b=2#f", f"https://h/?a=1&token={token('x')}&b=2#f"),
        (
            "https://h/?API_KEY=x&api%5Fkey=y",
            f"https://h/?API_KEY={token('x')}&api%5Fkey={token('y')}",
        ),
        ("https://h/?sig=a%2Fb%3D", f"https://h/?sig={token('a/b=')}"),
        ("https://h/?tokens=x&token=&key", "https://h/?tokens=x&token=&key"),
        ("https://u:p%40ss@h/", f"https://{token('u:p@ss')}@h/"),
        ("https://u:p@ss@h/@x", f"https://{token('u:p@ss')}@h/@x"),
        ("https://h/@x?mail=a@b", "https://h/@x?mail=a@b"),
        ("/x?code=y", f"/x?code={token('y')}"),
    ],
)
def test_secrets_in_a_url_are_replaced(url: str, safe: str) -> None:
    assert redacted(exchange(url=url)).request.url == safe
    for name in ("Referer", "Location", "X-Forwarded-Uri"):
        assert redacted(exchange(((name, url),))).request.headers == ((name, safe),)


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_a_parameter_that_is_replaced_is_named(name: str) -> None:
    one = redacted(exchange(url=f"https://h/?{name}=x"))
    assert one.redacted == (f"$request.query.{name}",)


SUBTREE = {"a": [1, "x", {"b": 2.50, "c": None, "d": True}], "e": ""}


@pytest.mark.parametrize(
    ("value", "places", "safe"),
    [
        ({"id": "x", "b": "x"}, ["$request.body#/id"], {"id": token("x"), "b": "x"}),
        ({"id": 7}, ["$request.body#/id"], {"id": token("7")}),
        ({"a": ["x", "y"]}, ["$request.body#/a/1"], {"a": ["x", token("y")]}),
        (
            {"v": SUBTREE, "w": 1},
            ["$request.body#/v"],
            {
                "v": {
                    "a": [token("1"), token("x"), {"b": token("2.5"), "c": None, "d": True}],
                    "e": "",
                },
                "w": 1,
            },
        ),
        ({"a": 1}, ["$request.body#/b", "$request.body#/a/0"], {"a": 1}),
        (
            {"t": "pin: 12, pin: 34; é"},
            [{"from": "$request.body#/t", "match": "pin: ([0-9]+)"}],
            {"t": f"pin: {token('12')}, pin: {token('34')}; é"},
        ),
        (
            {"t": 'say "a\\b" 😀 now'},
            [{"from": "$request.body#/t", "match": '"(.+)" 😀'}],
            {"t": f'say "{token("a" + chr(92) + "b")}" 😀 now'},
        ),
        (
            {"t": "pin 12"},
            [{"from": "$request.body#/t", "match": "[0-9]+"}],
            {"t": f"pin {token('12')}"},
        ),
        ({"t": 91234}, [{"from": "$request.body#/t", "match": "9(12)"}], {"t": token("12")}),
        ({"t": "x"}, [{"from": "$request.body#/t", "match": "y?"}], {"t": "x"}),
    ],
)
def test_configured_places_of_a_body_are_replaced(
    value: Any, places: list[str | dict[str, str]], safe: Any
) -> None:
    assert body_of(value, *places) == safe


@pytest.mark.parametrize(
    ("body", "safe"),
    [
        (
            b' {"id" : "x","n":1.10, "n": 2}\n',
            f' {{"id" : "{token("x")}","n":1.10, "n": 2}}\n',
        ),
        (b'{"id":"x","id":"y"}', f'{{"id":"{token("x")}","id":"{token("y")}"}}'),
        ('\ufeff{"id":"x"}'.encode(), f'\ufeff{{"id":"{token("x")}"}}'),
        (b'{"id":"x","cut', f'{{"id":"{token("x")}","cut'),
        (
            '{"é":"é","id":"x","é":"é"}'.encode(),
            f'{{"é":"é","id":"{token("x")}","é":"é"}}',
        ),
        (
            b'{"id":{"a":' + b"[" * 5000 + b'"x"' + b"]" * 5000 + b"}}",
            f'{{"id":{{"a":{"[" * 5000}"{token("x")}"{"]" * 5000}}}}}',
        ),
    ],
)
def test_the_rest_of_a_body_stays_as_it_was_written(body: bytes, safe: str) -> None:
    assert redacted(exchange((JSON,), body), "$request.body#/id").request.body == safe.encode()


def test_a_body_that_is_not_quite_utf_8_hides_its_secrets_too() -> None:
    body = b'{"a":"\xff","id":"x"}'
    one = redacted(exchange((JSON,), body), "$request.body#/id")
    assert one.request.body == b'{"a":"\xff","id":"%s"}' % token("x").encode()


@pytest.mark.parametrize(
    "secret",
    [
        SECRET,
        'a"b\\c/d+e f',
        "größe-日本-😀",
        "12345678",
        "{[&=%2F#]}",
        "\\\\\\\\\\\\\\\\",
        "\t12345678",
    ],
)
@pytest.mark.parametrize("place", ["header", "parameter", "body"])
def test_a_secret_is_gone_wherever_it_is_echoed(secret: str, place: str) -> None:
    value = {"id": secret if place == "body" else "", "again": [secret, f"<{secret}>", secret]}
    echo = json.dumps({"error": f"wrong: {secret}"})
    one = exchange(
        (("x-api-key", secret if place == "header" else ""), ("x-echo", f"a {secret.strip()} b")),
        json.dumps(value, ensure_ascii=False).encode(),
        f"https://h/{quote(secret, safe='')}?key={quote(secret) if place == 'parameter' else ''}",
        Response(400, (JSON, ("x-echo", quote(secret))), echo.encode()),
    )
    safe = redacted(replace(one, reason=f"refused {secret.strip()}"), "$request.body#/id")
    assert safe.response
    hidden = json.loads(safe.request.body)
    said = json.loads(safe.response.body)["error"]
    left = [
        *hidden["again"],
        said,
        safe.reason,
        safe.request.url,
        *(value for _, value in safe.request.headers + safe.response.headers),
    ]
    bare = secret.strip()
    assert not [text for text in left if text and (bare in text or quote(bare, safe="") in text)]
    assert len(TOKEN.findall(safe.request.url)) == (2 if place == "parameter" else 1)
    assert TOKEN.search(said)
    assert TOKEN.search(safe.reason or "")


def test_a_short_secret_is_replaced_where_it_stands_and_nowhere_else() -> None:
    one = redacted(exchange((("x-api-key", "a"),), b"a banana"))
    assert one.request.headers == (("x-api-key", token("a")),)
    assert one.request.body == b"a banana"


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        (
            "Authorization",
            "Basic " + base64.b64encode(b"ann:swordfish1").decode(),
            "ann:swordfish1",
        ),
        ("Authorization", "Basic " + base64.b64encode(b"ann:swordfish1").decode(), "swordfish1"),
        ("Authorization", f"ApiKey {SECRET}", SECRET),
        ("Cookie", f"a=1; sid={SECRET}; b=2", SECRET),
        ("Cookie", f'a=11111111; sid="{SECRET}"', SECRET),
        ("Set-Cookie", f"sid={SECRET}; Path=/; HttpOnly", SECRET),
        ("Location", f"https://ann:{SECRET}@h/", SECRET),
    ],
)
def test_a_part_of_a_header_that_is_a_secret_is_looked_for_too(
    name: str, value: str, secret: str
) -> None:
    one = redacted(exchange(((name, value),), f"see {secret}!".encode()))
    assert one.request.body == f"see {token(secret)}!".encode()


def test_the_attributes_of_a_cookie_are_no_secrets() -> None:
    answer = Response(200, (("Set-Cookie", "a=1; Max-Age=31536000; Path=/v1/chats"),), b"31536000")
    one = redacted(exchange(url="https://h/v1/chats/", response=answer))
    assert one.request.url == "https://h/v1/chats/"
    assert one.response
    assert one.response.body == b"31536000"


def test_a_password_of_the_url_is_looked_for_by_itself() -> None:
    one = redacted(exchange(url="https://ann:sword%20fish@h/", body=b"sword fish"))
    assert one.request.body == token("sword fish").encode()


def test_a_secret_that_is_the_name_of_a_header_is_replaced() -> None:
    one = redacted(exchange((("x-api-key", SECRET), (SECRET, "1"))))
    assert one.request.headers[1] == (token(SECRET), "1")


def test_a_secret_below_a_configured_place_is_looked_for_elsewhere() -> None:
    body = {"v": {"keys": [SECRET, 1234567890]}, "n": 1234567890, "t": f"my {SECRET}"}
    safe = body_of(body, "$request.body#/v")
    assert (safe["n"], safe["t"]) == (token("1234567890"), f"my {token(SECRET)}")


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_secret_that_is_cut_between_two_pieces_is_gone_and_the_pieces_add_up(cut: int) -> None:
    body = f"data: {SECRET} said\n\ndata: {SECRET}\n\n".encode()
    arrivals = ((1.5, cut), (2.5, 3), (9.0, len(body) - cut - 3))
    answer = Response(200, (STREAM,), body, arrivals)
    one = redacted(exchange((("Authorization", f"Bearer {SECRET}"),), response=answer))
    assert one.response
    assert one.response.body == body.replace(SECRET.encode(), token(SECRET).encode())
    assert [at for at, _ in one.response.arrivals] == [1.5, 2.5, 9.0]
    assert sum(size for _, size in one.response.arrivals) == len(one.response.body)
    joined = b"|".join(piece for _, piece in one.response.chunks)
    assert joined.count(token(SECRET).encode()) == 2


names = st.sampled_from(["accept", "X-A", "content-type"]) | st.text().filter(
    lambda name: not is_secret(name) and name.lower() not in {*Rules().headers, "set-cookie"}
)
headers = st.lists(st.tuples(names, st.text()), max_size=4).map(tuple)
answers = st.builds(
    Response,
    st.integers(100, 599),
    headers,
    st.binary() | st.text().map(str.encode),
    st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 50)), max_size=3).map(tuple),
)
innocent = st.builds(
    Exchange,
    id=st.text(),
    started=st.just(datetime(2026, 11, 23, 9, tzinfo=UTC)),
    request=st.builds(
        Request, st.text(), st.text(), headers, st.binary() | st.text().map(str.encode)
    ),
    response=st.none() | answers,
    reason=st.none() | st.text(),
)


@given(innocent)
def test_an_exchange_without_secrets_stays_as_it_is(one: Exchange) -> None:
    assert redacted(one, "$request.body#/none") == one


@given(
    st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=5), min_size=2),
    st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=8, max_size=12),
)
def test_around_an_echo_not_a_byte_is_changed(parts: list[str], secret: str) -> None:
    text = f" {secret} ".join(parts)
    rest = f" {token(secret)} ".join(parts).split(token(secret))
    if secret.strip('"') != secret or any(secret in part for part in rest):
        return
    one = redacted(exchange((("x-api-key", secret),), ("-" + text).encode()))
    assert one.request.body.decode() == "-" + text.replace(secret, token(secret))


def test_what_people_said_is_hidden_in_requests_and_answers_of_every_kind() -> None:
    body = {"messages": [{"role": "user", "content": "My name is Ann, conv_4k2j9d8s7a"}]}
    stream = b'data: {"choices": [{"delta": {"content": "Hi Ann"}}]}\n\ndata: [DONE]\n\n'
    answer = Response(200, (STREAM,), stream, ((1.0, 20), (2.0, len(stream) - 20)))
    one = redacted(exchange((JSON,), json.dumps(body).encode(), response=answer), text=True)
    assert one.response
    said = json.loads(one.request.body)["messages"][0]["content"]
    assert re.fullmatch(r"[xz]{2} [xz]{4} [xz]{2} [xz]{3}, conv_4k2j9d8s7a", said)
    before, _, after = re.split(rb"([xz]{2} [xz]{3})", one.response.body)
    assert before + b"Hi Ann" + after == stream
    assert one.response.arrivals == answer.arrivals
    assert one.redacted == ("text",)


def test_tokens_stay_where_what_people_said_is_hidden() -> None:
    body = json.dumps({"content": f"my key is {SECRET}"}).encode()
    one = redacted(exchange((("x-api-key", SECRET), JSON), body), text=True)
    assert re.fullmatch(
        rf"[xz]{{2}} [xz]{{3}} [xz]{{2}} {token(SECRET)}", json.loads(one.request.body)["content"]
    )


def test_a_secret_that_was_seen_once_is_replaced_in_what_follows() -> None:
    one = redactor()
    one.redact(exchange((("Authorization", f"Bearer {SECRET}"),)))
    body = json.dumps({"note": SECRET, "again": base64.b64encode(SECRET.encode()).decode()})
    later = one.redact(exchange((JSON,), body.encode(), url=f"https://h/{SECRET}?a={SECRET}"))
    assert json.loads(later.request.body) == {"note": token(SECRET), "again": token(SECRET)}
    assert later.request.url == f"https://h/{token(SECRET)}?a={token(SECRET)}"


def test_a_secret_that_is_known_beforehand_is_replaced_from_the_first() -> None:
    one = Redactor(Rules(), KEY, known=(SECRET, "", "short"))
    assert one.redact(exchange((), f"short {SECRET}".encode())).request.body == (
        f"short {token(SECRET)}".encode()
    )


def test_of_many_secrets_those_seen_last_are_remembered() -> None:
    one = redactor()
    for number in range(300):
        one.redact(exchange((("Authorization", SECRET), ("X-Signature", f"signature-{number}"))))
    left = one.redact(exchange((), f"{SECRET} signature-0 signature-299".encode())).request.body
    assert left.decode() == f"{token(SECRET)} signature-0 {token('signature-299')}"


@pytest.mark.parametrize("name", ["X-Request-Signature", "x-tenant-api-key", "X-Session-Token"])
def test_headers_whose_names_say_so_are_replaced_and_equal_ones_stay_equal(name: str) -> None:
    one = redactor()
    first, again, other = (
        one.redact(exchange(((name, secret),))).request.headers[0][1]
        for secret in (SECRET, SECRET, SECRET + "x")
    )
    assert first == again == token(SECRET)
    assert other == token(SECRET + "x")


def test_secrets_in_a_form_are_replaced() -> None:
    form = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)
    body = f"grant=code&client_secret={SECRET}%2B1&state=a"
    one = redacted(exchange(form, body.encode()))
    safe = f"grant=code&client_secret={token(SECRET + '+1')}&state=a"
    assert one.request.body == safe.encode()
    assert one.redacted == ("$request.body.client_secret",)
    assert redacted(exchange((JSON,), body.encode())).request.body == body.encode()


def test_a_secret_that_an_answer_says_word_by_word_is_replaced() -> None:
    events = [{"choices": [{"delta": {"content": part}}]} for part in ("It is ", "sk-4f9a", "8b7c")]
    events.append({"choices": [{"delta": {"content": "6d5e, I think"}}]})
    stream = "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()
    answer = Response(200, (STREAM,), stream, ((1.0, 100), (2.0, len(stream) - 100)))
    one = redacted(exchange((("x-api-key", SECRET),), response=answer)).response
    assert one
    said = [json.loads(line[6:]) for line in one.body.decode().split("\n\n") if line]
    words = [event["choices"][0]["delta"]["content"] for event in said]
    assert words == ["It is ", token(SECRET), "", ", I think"]
    assert sum(size for _, size in one.arrivals) == len(one.body)
