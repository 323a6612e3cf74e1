"""The page is served from what was built, and nothing else is."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from contract.config import Browser, Images, Upstream
from contract.config.places import Store
from tests.injector.page.conftest import INDEX, SCRIPT

Paged = Callable[..., Awaitable[str]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' blob: data:; media-src blob:; manifest-src 'self'; connect-src 'self' "
    "https://api.elevenlabs.io wss://api.elevenlabs.io "
    "https://api.us.elevenlabs.io wss://api.us.elevenlabs.io "
    "https://api.eu.residency.elevenlabs.io wss://api.eu.residency.elevenlabs.io "
    "https://api.in.residency.elevenlabs.io wss://api.in.residency.elevenlabs.io "
    "https://api.sg.residency.elevenlabs.io wss://api.sg.residency.elevenlabs.io"
    "{more}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HERE = " ws://127.0.0.1:* ws://localhost:* http://127.0.0.1:* http://localhost:*"


async def asked(
    client: aiohttp.ClientSession, url: str, method: str = "GET", **headers: str
) -> tuple[aiohttp.ClientResponse, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.request(method, url, headers={"Accept-Encoding": "identity"} | named) as got:
        return got, await got.read()


@pytest.mark.usefixtures("dist")
async def test_the_built_page_is_served_with_what_belongs_to_it(
    client: aiohttp.ClientSession, paged: Paged
) -> None:
    root = await paged()
    for path, kind, body, kept in (
        ("/", "text/html; charset=utf-8", INDEX, "no-cache"),
        ("/favicon.svg", "image/svg+xml", b"<svg/>", "no-cache"),
        ("/assets/index-C0de.css", "text/css; charset=utf-8", b"main{}", "immutable"),
        ("/assets/index-B4dg.js", "text/javascript; charset=utf-8", SCRIPT, "immutable"),
        (
            "/worklets/rawAudioProcessor.js",
            "text/javascript; charset=utf-8",
            b"registerProcessor();",
            "no-cache",
        ),
    ):
        answer, got = await asked(client, root + path)
        assert (answer.status, got, answer.headers["Content-Type"]) == (200, body, kind), path
        assert answer.headers["Cache-Control"].endswith(kept)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        head, nothing = await asked(client, root + path, "HEAD")
        assert (head.status, nothing) == (200, b"")
        assert head.headers["Content-Length"] == str(len(body))


@pytest.mark.usefixtures("dist")
async def test_a_browser_that_has_a_file_is_told_so_and_nothing_more(
    client: aiohttp.ClientSession, paged: Paged
) -> None:
    root = await paged()
    for path in ("/", "/assets/index-B4dg.js"):
        tag = (await asked(client, root + path))[0].headers["ETag"]
        again, body = await asked(client, root + path, If_None_Match=f'"other", {tag}')
        assert (again.status, body, again.headers["ETag"]) == (304, b"", tag)
        assert "Content-Security-Policy" in again.headers
        assert (await asked(client, root + path, If_None_Match='"other"'))[0].status == 200


@pytest.mark.usefixtures("dist")
@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [
        ("gzip, deflate, br", "br", b"in brotli"),
        ("GZIP;q=0.5", "gzip", None),
        ("br;q=0, gzip", "gzip", None),
        ("br; q=0.0, deflate", None, SCRIPT),
        ("", None, SCRIPT),
    ],
)
async def test_what_the_build_has_compressed_is_sent_so_to_whoever_takes_it(
    client: aiohttp.ClientSession, paged: Paged, accepted: str, coding: str | None, body: bytes
) -> None:
    url = await paged() + "/assets/index-B4dg.js"
    answer, got = await asked(client, url, Accept_Encoding=accepted)
    assert answer.headers.get("Content-Encoding") == coding
    assert got == body if body else got.startswith(b"\x1f\x8b")
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.usefixtures("dist")
@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/assets//etc/passwd",
        "/assets/..\\..\\secret.txt",
        "/assets/%00.js",
        "/assets/index-B4dg.js.br",
        "/assets/",
        "/worklets/none.js",
        "/index.html",
        "/secret.txt",
    ],
)
async def test_no_path_leads_to_any_other_file(paged: Paged, path: str) -> None:
    host, port = (await paged()).removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert answer.split()[1] == b"404", answer
    assert b"a secret" not in answer


async def test_a_page_that_is_built_anew_does_not_change_under_those_who_have_it_open(
    client: aiohttp.ClientSession, paged: Paged, dist: Path
) -> None:
    root = await paged()
    (dist / "assets" / "index-B4dg.js").unlink()
    (dist / "index.html").write_bytes(b"new")
    assert (await asked(client, f"{root}/"))[1] == INDEX
    assert (await asked(client, f"{root}/assets/index-B4dg.js"))[1] == SCRIPT


@pytest.mark.usefixtures("dist")
@pytest.mark.parametrize(
    ("page", "listen", "more"),
    [
        ({}, "127.0.0.1:0", HERE),
        ({}, "0.0.0.0:0", ""),
        (
            {"signed_url": "https://App.example.com/signed?a=b", "rehearsal": "ws://10.0.0.1:8002"},
            "0.0.0.0:0",
            (
                " https://app.example.com wss://app.example.com http://10.0.0.1:8002 "
                "ws://10.0.0.1:8002"
            ),
        ),
        (
            {"signed_url": "http://127.0.0.1:8002/x", "rehearsal": "http://127.0.0.1:8002"},
            "localhost:0",
            f" http://127.0.0.1:8002 ws://127.0.0.1:8002{HERE}",
        ),
    ],
)
async def test_the_page_may_run_its_own_scripts_and_reach_what_is_configured(
    client: aiohttp.ClientSession,
    paged: Paged,
    page: dict[str, str],
    listen: str,
    more: str,
) -> None:
    answer, _ = await asked(client, await paged(page, listen=listen) + "/")
    assert answer.headers.getall("Content-Security-Policy") == [POLICY.format(more=more)]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Frame-Options"] == "DENY"
    told = answer.headers["Permissions-Policy"]
    assert told.startswith("camera=(self), microphone=(self), ")


@pytest.mark.usefixtures("unbuilt")
async def test_where_nobody_has_built_it_the_page_says_how(
    client: aiohttp.ClientSession, paged: Paged
) -> None:
    root = await paged()
    answer, body = await asked(client, f"{root}/")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"<code>make page</code>" in body
    assert b"Node" in body
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert (await asked(client, f"{root}/assets/index-B4dg.js"))[0].status == 404
    assert (await asked(client, f"{root}/page.json"))[0].status == 200


async def test_files_that_cannot_be_read_cost_the_page_and_nothing_else(
    client: aiohttp.ClientSession,
    paged: Paged,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise PermissionError("Permission denied: 'index.html'")

    monkeypatch.setattr("injector.page.routes.built", fail)
    root = await paged()
    assert b"make page" in (await asked(client, f"{root}/"))[1]
    assert "Permission denied: 'index.html'" in caplog.text
    assert (await asked(client, f"{root}/readyz"))[0].status == 200


@pytest.mark.usefixtures("dist")
async def test_a_page_that_is_switched_off_is_not_there(
    client: aiohttp.ClientSession, paged: Paged
) -> None:
    root = await paged({"enabled": False})
    for path in ("/", "/page.json", "/favicon.svg", "/assets/index-B4dg.js"):
        answer, body = await asked(client, root + path)
        assert (answer.status, b'"not_found"' in body) == (404, True)


async def test_the_page_is_told_what_it_needs_and_no_secret(
    client: aiohttp.ClientSession, paged: Paged
) -> None:
    root = await paged(
        {"agent_id": "agent_1", "rehearsal": "http://127.0.0.1:8002"},
        bearer="s3cret",
        upstream=Upstream(api_key="s3cret", model=None),
        browser=Browser(ticket_secret="s3cret"),
        images=Images(store=Store("memory"), max_upload=1000, max_per_conversation=2),
    )
    async with client.get(f"{root}/page.json") as answer:
        told, text = await answer.json(), await answer.text()
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert "s3cret" not in text
    assert told.pop("version")
    assert told == {
        "agentId": "agent_1",
        "signedUrl": None,
        "rehearsal": "http://127.0.0.1:8002",
        "inBand": None,
        "maxUpload": 1000,
        "maxImages": 2,
        "ticketNeeded": True,
        "model": None,
    }
