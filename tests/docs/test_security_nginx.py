"""The block for nginx that the page on security shows, with TLS, in front of the real checks."""

import asyncio
import io
import os
import re
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import aiohttp
import pytest
import trustme
from aiohttp import web

from contract.config import Config, Injector, Network
from injector.rights.admission import client_of
from injector.rights.origin import for_pages
from injector.wire import CONFIG, errors_as_json

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]

PAGE = (Path(__file__).parent.parent.parent / "docs" / "security.md").read_text(encoding="utf-8")
HOST = "eyes.example.com"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not here")

AROUND = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{}}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {server}
}}
"""


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


async def told(request: web.Request) -> web.Response:
    """Answer who asks, as Sightline sees it."""
    client, size = client_of(request), len(await request.read())
    return web.json_response({"address": client.address, "scheme": client.scheme, "size": size})


@pytest.fixture
async def endpoint(serve: Serve) -> str:
    app = web.Application(middlewares=[errors_as_json], client_max_size=64 << 20)
    app[CONFIG] = Config(injector=Injector(trusted_proxies=(Network.parse("127.0.0.1"),)))
    app.router.add_route("*", "/{tail:.*}", for_pages(told))
    return await serve(app)


@pytest.fixture
async def front(endpoint: str, tmp_path: Path) -> AsyncIterator[tuple[str, ssl.SSLContext]]:
    """nginx with the page's block; its address, and what makes its certificate a good one."""
    authority, port = trustme.CA(), free_port()
    certificate = authority.issue_cert(HOST)
    pem, key = tmp_path / "cert.pem", tmp_path / "cert.key"
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(pem, append=True)
    certificate.private_key_pem.write_to_path(key)
    (block,) = re.findall(r"```nginx\n(.*?)```", PAGE, re.DOTALL)
    server = block.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    server = server.replace(f"/etc/ssl/{HOST}.pem", str(pem))
    server = server.replace(f"/etc/ssl/{HOST}.key", str(key))
    server = server.replace("http://127.0.0.1:8000", endpoint)
    file = tmp_path / "nginx.conf"
    file.write_text(AROUND.format(folder=tmp_path, server=server), encoding="utf-8")
    assert NGINX is not None
    running = await asyncio.create_subprocess_exec(
        *(NGINX, "-p", str(tmp_path), "-c", str(file), "-e", str(tmp_path / "error.log"))
    )
    try:
        await answering(port)
        context = ssl.create_default_context()
        authority.configure_trust(context)
        yield f"https://{HOST}:{port}", context
    finally:
        running.terminate()
        await running.wait()


async def answering(port: int) -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("nginx does not answer")


class Loopback(aiohttp.abc.AbstractResolver):
    """Every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: int = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        """Return the address of this machine."""
        found: aiohttp.abc.ResolveResult = {
            "hostname": host,
            "host": "127.0.0.1",
            "port": port,
            "family": family,
            "proto": 0,
            "flags": 0,
        }
        return [found]

    async def close(self) -> None:
        """Hold nothing."""


async def asked(
    front: tuple[str, ssl.SSLContext],
    path: str,
    headers: Mapping[str, str] | None = None,
    data: bytes = b"",
) -> tuple[int, Any]:
    root, context = front
    connector = aiohttp.TCPConnector(resolver=Loopback(), ssl=context)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.post(root + path, headers=headers, data=io.BytesIO(data)) as response,
    ):
        kind = response.content_type
        return response.status, await (
            response.json() if kind == "application/json" else response.text()
        )


async def test_a_client_is_who_nginx_says_and_not_who_it_says_itself(
    front: tuple[str, ssl.SSLContext],
) -> None:
    headers = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "http"}
    status, answer = await asked(front, "/upload_image", headers, b"x" * 30_000_000)
    assert status == 200
    assert answer == {"address": "127.0.0.1", "scheme": "https", "size": 30_000_000}


async def test_the_endpoints_own_page_is_known_and_others_are_not(
    front: tuple[str, ssl.SSLContext],
) -> None:
    own = front[0]
    assert (await asked(front, "/upload_image", {"Origin": own}))[0] == 200
    for foreign in (own.replace("https", "http"), "https://evil.example", "null"):
        assert (await asked(front, "/upload_image", {"Origin": foreign}))[0] == 403


async def test_what_claims_a_picture_is_not_logged_and_metrics_stay_inside(
    front: tuple[str, ssl.SSLContext], tmp_path: Path
) -> None:
    assert (await asked(front, "/metrics"))[0] == 403
    assert (await asked(front, "/uploads/tmp_0123456789abcdef"))[0] == 200
    assert (await asked(front, "/upload_image"))[0] == 200
    for _ in range(100):
        logged = (tmp_path / "access.log").read_text(encoding="utf-8")
        if "/upload_image" in logged:
            break
        await asyncio.sleep(0.02)
    assert urlsplit(front[0]).hostname == HOST
    assert "/upload_image" in logged
    assert "tmp_" not in logged


async def test_pictures_lie_in_no_file_of_nginxs(
    front: tuple[str, ssl.SSLContext], tmp_path: Path
) -> None:
    assert (await asked(front, "/upload_image", None, b"x" * 5_000_000))[0] == 200
    assert "buffered to a temporary file" not in (tmp_path / "error.log").read_text()
