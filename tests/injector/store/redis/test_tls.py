"""TLS: the certificate is checked, and so is the name in it."""

import subprocess
from pathlib import Path

import pytest
import trustme

from contract.errors import StoreFailed
from tests.injector.store.kinds import picture
from tests.injector.store.redis.conftest import Open
from tests.injector.store.redis.server import PROGRAM, Server, running


def options(folder: Path, name: str) -> tuple[str, ...]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    return (
        *("--port", "0", "--tls-auth-clients", "no"),
        *("--tls-cert-file", str(folder / "server.pem")),
        *("--tls-key-file", str(folder / "server.pem")),
        *("--tls-ca-cert-file", str(folder / "authority.pem")),
    )


@pytest.fixture(autouse=True)
def _speaks_tls() -> None:
    if PROGRAM is not None:
        told = subprocess.run([PROGRAM, "--tls-port", "x"], capture_output=True, check=False)
        if b"Bad directive" in told.stdout + told.stderr:
            pytest.skip(f"{PROGRAM} was built without TLS")


async def test_a_server_whose_certificate_is_trusted_is_asked(
    tmp_path: Path, open_redis: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with running(tmp_path, *options(tmp_path, "127.0.0.1"), scheme="rediss") as server:
        store = open_redis(server.url)
        await store.ping()
        await store.associate("c", (await store.keep(picture("a"))).temporary_id)
        assert len((await store.context("c")).pictures) == 1


@pytest.mark.parametrize(("name", "is_trusted"), [("127.0.0.1", False), ("127.0.0.2", True)])
async def test_a_server_that_may_be_another_is_not(
    tmp_path: Path,
    open_redis: Open,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    is_trusted: bool,
) -> None:
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with running(tmp_path, *options(tmp_path, name), scheme="rediss") as server:
        await _is_refused(server, open_redis)


async def _is_refused(server: Server, open_redis: Open) -> None:
    with pytest.raises(StoreFailed, match="certificate verify failed"):
        await open_redis(server.url).ping()
