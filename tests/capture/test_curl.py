"""One `curl` command that sends a recorded request again: run by real shells, against a server."""

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.curl import LARGEST, curl, shell_word
from contract.errors import UsageError
from contract.exchange import Exchange, Headers, Request, Response
from contract.readable import readable

SHELLS = [shell for shell in ("sh", "bash", "dash", "zsh") if shutil.which(shell)]
TOKEN, OTHER = "redacted-0123456789abcdef", "redacted-fedcba9876543210"
NASTY = (
    'it\'s "$HOME" `id` \\ \\n !x %s {a,b} [1-2] *?~#&|;<>()\n\t'
    "ß 語 🙂 \u202e\u200b\x1b[2J\x9b\u2028"
)
USUAL: Headers = (
    ("Content-Type", "application/json"),
    ("Accept", "text/event-stream"),
    ("User-Agent", "voice/1"),
)

needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is not installed: the command cannot be run"
)


@dataclass
class Server:
    """A small real server, and what it was sent."""

    url: str = ""
    heads: list[list[str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("utf-8", "surrogateescape")
        length = re.search(r"(?i)\ncontent-length: (\d+)", head)
        self.heads.append(head.removesuffix("\r\n\r\n").split("\r\n"))
        self.bodies.append(await reader.readexactly(int(length[1]) if length else 0))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0, limit=1 << 22)
    async with listening:
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        yield server


def an_exchange(
    url: str,
    body: bytes = b"",
    headers: Headers = USUAL,
    method: str = "POST",
    redacted: tuple[str, ...] = (),
) -> Exchange:
    request = Request(method, url, headers, body)
    return Exchange("1", datetime.now(UTC), request, redacted=redacted)


async def run(command: str, folder: Path, shell: str = "sh", **more: str) -> tuple[int, bytes]:
    process = await asyncio.create_subprocess_exec(
        shutil.which(shell) or shell,
        "-c",
        command,
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), **more},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, complaints = await process.communicate()
    return process.returncode or 0, out + complaints


async def sent(server: Server, exchange: Exchange, folder: Path, shell: str = "sh") -> list[str]:
    """Run the command, and return the head that the server was sent."""
    command = curl(exchange, "the body's file")
    if command.file:
        (folder / command.file).write_bytes(command.body)
    status, said = await run(command.text, folder, shell)
    assert (status, said[:2]) == (0, b"ok"), said
    return server.heads[-1]


@needs_curl
@pytest.mark.parametrize("shell", SHELLS)
async def test_what_is_sent_is_what_was_recorded(
    server: Server, tmp_path: Path, shell: str
) -> None:
    body = json.dumps({"content": NASTY}, ensure_ascii=False).encode()
    path = "/v1/chat/completions?x=%20{a,b}[1-2]&y='q'&z=$HOME"
    headers = (
        ("X-Conversation-Id", "conv_1"),
        *USUAL,
        ("X-Quotes", 'it\'s "$HOME" `id` \\n !x {a} #;'),
        ("X-Unicode", "ß 語 🙂"),
        ("X-Twice", "1"),
        ("x-twice", "2"),
        ("X-Empty", ""),
        ("X-Bytes", "\udce9\udcff"),
    )
    head = await sent(server, an_exchange(server.url + path, body, headers), tmp_path, shell)
    assert server.bodies == [body]
    assert head[0] == f"POST {path} HTTP/1.1"
    rest = [line for line in head[1:] if not re.match("(?i)(host|content-length):", line)]
    assert rest == [f"{name}: {value}".strip(" ") for name, value in headers]


BODIES = {
    "none": b"",
    "text": b"hello",
    "spaces": b"  a  \n",
    "line feeds at its end": b"a\n\n\n",
    "only line feeds": b"\n\n",
    "an option": b"--help",
    "a file": b"@/etc/passwd",
    "nasty": NASTY.encode(),
    "nasty at its end": NASTY.encode() + b"\x1b\n",
    "carriage returns": b"a\r\nb\r",
    "large": b"x" * LARGEST,
}
APART = {
    "binary": bytes(range(256)),
    "NUL": b"a\x00b",
    "no UTF-8": "größer".encode("latin-1"),
    "larger": b"x" * (LARGEST + 1),
    "very large": b"y" * (3 << 20),
}


@needs_curl
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_body_is_sent_to_the_byte(server: Server, tmp_path: Path, body: bytes) -> None:
    exchange = an_exchange(f"{server.url}/v1", body)
    assert curl(exchange, "file").file is None
    await sent(server, exchange, tmp_path)
    assert server.bodies == [body]


@needs_curl
@pytest.mark.parametrize("body", APART.values(), ids=APART)
async def test_a_binary_or_large_body_stands_in_a_file(
    server: Server, tmp_path: Path, body: bytes
) -> None:
    exchange = an_exchange(f"{server.url}/v1", body)
    command = curl(exchange, "file")
    assert (command.file, command.body) == ("file", body)
    assert len(command.text) < 500
    await sent(server, exchange, tmp_path)
    assert server.bodies == [body]


@needs_curl
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE", "PUT", "PATCH", "odd"])
@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_every_method_is_sent(
    server: Server, tmp_path: Path, method: str, body: bytes
) -> None:
    exchange = an_exchange(f"{server.url}/a/../b", body, method=method)
    command = curl(exchange, "file")
    status, said = await run(f"{command.text} --max-time 2", tmp_path)
    if method != "HEAD":
        assert (status, said[:2]) == (0, b"ok"), said
    assert server.heads[-1][0] == f"{method} /a/../b HTTP/1.1"
    assert server.bodies == [body]


@needs_curl
async def test_curl_adds_nothing_of_its_own(server: Server, tmp_path: Path) -> None:
    for body in (b"", b"{}", b"x" * (2 << 20)):
        exchange = an_exchange(f"{server.url}/v1", body, headers=(("X-Only", "1"),))
        head = await sent(server, exchange, tmp_path)
        names = [line.partition(":")[0].lower() for line in head[1:]]
        assert sorted(names) == ["content-length", "host", "x-only"]


@needs_curl
async def test_what_belongs_to_a_connection_is_not_sent(server: Server, tmp_path: Path) -> None:
    headers = (
        ("Connection", "keep-alive"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "99"),
        ("Content-Encoding", "gzip"),
        ("Expect", "100-continue"),
        ("Proxy-Authorization", "x"),
        *USUAL,
    )
    head = await sent(server, an_exchange(f"{server.url}/v1", b"{}", headers), tmp_path)
    names = [line.partition(":")[0].lower() for line in head[1:]]
    assert sorted(names) == ["accept", "content-length", "content-type", "host", "user-agent"]
    assert "content-length: 2" in [line.lower() for line in head]


@needs_curl
async def test_another_host_is_named_as_it_was(server: Server, tmp_path: Path) -> None:
    exchange = an_exchange(f"{server.url}/v1", headers=(("Host", "voice.example"), *USUAL))
    assert "Host: voice.example" in await sent(server, exchange, tmp_path)
    own = (("Host", server.url.removeprefix("http://")), *USUAL)
    assert "Host" not in curl(an_exchange(f"{server.url}/v1", headers=own), "file").text


class TestARedactedSecret:
    @needs_curl
    async def test_is_a_variable_of_the_shell(self, server: Server, tmp_path: Path) -> None:
        exchange = an_exchange(
            f"{server.url}/v1?key={OTHER}",
            json.dumps({"echo": f"a {TOKEN} b"}).encode(),
            (("Authorization", f"Bearer {TOKEN}"), *USUAL),
            redacted=("$request.header.authorization", "$request.query.key"),
        )
        command = curl(exchange, "file")
        assert TOKEN not in command.text
        that = "to the secret that was redacted in"
        assert command.notes == (
            f"set SIGHTLINE_SECRET_1 first, {that} the URL (percent-encoded)",
            f"set SIGHTLINE_SECRET_2 first, {that} header Authorization, the body (as JSON has it)",
        )
        secrets = {"SIGHTLINE_SECRET_1": "k%201", "SIGHTLINE_SECRET_2": "$x `y` 'z'"}
        status, said = await run(command.text, tmp_path, **secrets)
        assert status == 0, said
        assert server.heads[-1][0] == "POST /v1?key=k%201 HTTP/1.1"
        assert "Authorization: Bearer $x `y` 'z'" in server.heads[-1]
        assert server.bodies == [b'{"echo": "a $x `y` \'z\' b"}']

    @needs_curl
    async def test_that_is_not_set_sends_nothing(self, server: Server, tmp_path: Path) -> None:
        headers = (("Authorization", f"Bearer {TOKEN}"), *USUAL)
        exchange = an_exchange(f"{server.url}/v1", headers=headers, redacted=("x",))
        status, said = await run(curl(exchange, "file").text, tmp_path)
        assert status != 0
        assert b"SIGHTLINE_SECRET" in said
        assert server.heads == []

    def test_in_a_file_is_told(self) -> None:
        body = f"{TOKEN} ".encode() * LARGEST
        command = curl(an_exchange("http://h/v1", body, redacted=("x",)), "file")
        assert command.notes == (f"file holds {TOKEN} where a secret was redacted: put it in",)

    def test_is_only_looked_for_where_something_was_redacted(self) -> None:
        command = curl(an_exchange("http://h/v1", TOKEN.encode()), "file")
        assert (TOKEN in command.text, command.notes) == (True, ())

    def test_hidden_words_are_told(self) -> None:
        (note,) = curl(an_exchange("http://h/v1", b"xxx", redacted=("text",)), "file").notes
        assert note.startswith("what people said is hidden")


def test_a_stream_is_shown_as_it_comes_and_a_coded_answer_is_decoded() -> None:
    response = Response(200, (("Content-Type", "text/event-stream"),))
    exchange = replace(an_exchange("http://h/v1"), response=response)
    assert "--no-buffer" in curl(exchange, "file").text
    assert "--no-buffer" not in curl(an_exchange("http://h/v1"), "file").text
    coded = (("Accept-Encoding", "gzip, br"), *USUAL)
    assert "--compressed" in curl(an_exchange("http://h/v1", headers=coded), "file").text


def test_a_header_that_cannot_be_sent_is_told() -> None:
    headers = ((":authority", "h"), ("X-Bad", "a\r\nX-Evil: 1"), ("@file", "x"), ("a b", "x"))
    command = curl(an_exchange("http://h/v1", headers=headers), "file")
    assert command.notes == ("left out is what HTTP does not take for a header: X-Bad, @file, a b",)
    assert "Evil" not in command.text
    assert "@file" not in command.text


@pytest.mark.parametrize("url", ["", "/v1", "h:80", "ftp://h/", "--help", "file:///etc/passwd"])
def test_what_is_no_http_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is no http URL"):
        curl(an_exchange(url), "file")


words = st.text(
    st.characters() | st.sampled_from("'\"\\$`!\n\r\t\x1b\x9b\u202e\udcff"), max_size=30
)


@settings(max_examples=40, deadline=None)
@given(st.lists(words, min_size=1, max_size=8))
def test_a_word_is_one_word_of_a_shell_and_safe_to_show(texts: list[str]) -> None:
    texts = [text.replace("\x00", "").encode("utf-8", "replace").decode() for text in texts]
    line = " ".join(shell_word(text) for text in texts)
    assert readable(line) == line
    assert "\t" not in line
    for shell in SHELLS[:2]:
        command = [shell, "-c", f"printf '%s\\000' {line}"]
        out = subprocess.run(command, capture_output=True, check=True).stdout
        assert out == b"".join(text.encode() + b"\x00" for text in texts)


headers = st.lists(st.tuples(words, words), max_size=3).map(tuple)


@given(
    words,
    words,
    headers,
    st.binary(max_size=30) | words.map(lambda it: it.encode("utf-8", "surrogatepass")),
    st.booleans(),
)
def test_no_command_commands_the_terminal(
    method: str, path: str, headers: Headers, body: bytes, redacted: bool
) -> None:
    exchange = an_exchange(f"http://h/{path}", body, headers, method, ("x",) if redacted else ())
    command = curl(exchange, "file")
    for text in (command.text, *command.notes):
        assert readable(text) == text
