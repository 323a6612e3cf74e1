"""Addresses, networks and stores."""

from pathlib import Path

import pytest

from contract.config.places import Address, Network, Store, without_password
from contract.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "host", "port", "loopback"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000, True),
        ("[::1]:8000", "::1", 8000, True),
        ("localhost:0", "localhost", 0, True),
        ("0.0.0.0:80", "0.0.0.0", 80, False),
        ("[::]:80", "::", 80, False),
        ("[::ffff:127.0.0.1]:80", "::ffff:127.0.0.1", 80, True),
        ("sight-line.internal:65535", "sight-line.internal", 65535, False),
    ],
)
def test_an_address_is_read_and_written(text: str, host: str, port: int, loopback: bool) -> None:
    address = Address.parse(text)
    assert address == Address(host, port)
    assert str(address) == text
    assert address.is_loopback is loopback


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8000",
        ":8000",
        "::1:8000",
        "127.0.0.1",
        "127.0.0.256:80",
        "1:2",
        "[x]:80",
        "a b:80",
        "127.0.0.1:70000",
        "127.0.0.1:-1",
        "-x:80",
        "http://127.0.0.1:80",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="expected a"):
        Address.parse(text)


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("memory:", Store("memory")),
        ("sqlite:var/a@b.db", Store("sqlite", "var/a@b.db")),
        ("sqlite:/var/x.db", Store("sqlite", "/var/x.db")),
        ("redis://cache:6379/0", Store("redis", "redis://cache:6379/0")),
        ("rediss://cache", Store("redis", "rediss://cache")),
    ],
)
def test_a_store_is_read_and_written(text: str, store: Store) -> None:
    assert Store.parse(text) == store
    assert str(store) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "memory",
        "memory:x",
        "sqlite:",
        "sqlite:///x.db",
        "sqlite::memory:",
        "mysql://h",
        "redis://",
        "redis://h:99999/0",
        "redis://h/zero",
        "redis:h",
        "redis://h?password=hunter2",
        "redis://:hunter2@h:x/0",
        "redis://:hunt/hunter2@h",
        "redis:u:hunter2@h",
        "//hunter2@h",
    ],
)
def test_what_is_no_store_is_refused_without_showing_a_password(text: str) -> None:
    with pytest.raises(ConfigError, match="expected a store") as caught:
        Store.parse(text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["redis://:hunter2@h:1/0", "redis://u:hunter2@h", "redis://hunter2@h"]
)
def test_the_texts_of_a_store_do_not_show_its_password(url: str) -> None:
    store = Store.parse(url)
    assert store.location == url
    assert "hunter2" not in str(store) + repr(store)


def test_only_a_relative_path_of_sqlite_moves_into_the_folder() -> None:
    folder = Path("etc")
    assert Store("sqlite", "x.db").within(folder).location == str(Path("etc/x.db"))
    assert Store("sqlite", "/x.db").within(folder).location == "/x.db"
    assert Store("memory").within(folder) == Store("memory")


def test_a_url_without_a_password_stays() -> None:
    assert without_password("https://example.com/v1") == "https://example.com/v1"


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("10.0.0.0/8", ["10.0.0.0", "10.255.1.2", "::ffff:10.1.2.3"], ["11.0.0.1", "::1"]),
        ("127.0.0.1", ["127.0.0.1", "::ffff:127.0.0.1"], ["127.0.0.2", "::1"]),
        ("fd00::/8", ["fd00::1", "fdff::"], ["fe80::1", "10.0.0.1"]),
        ("0.0.0.0/0", ["1.2.3.4"], ["::1", "unknown", "", "1.2.3.4:80", "[::1]"]),
    ],
)
def test_a_network_is_read_and_written_and_knows_its_addresses(
    text: str, inside: list[str], outside: list[str]
) -> None:
    network = Network.parse(text)
    assert str(network) == text
    assert all(one in network for one in inside)
    assert not any(one in network for one in outside)


@pytest.mark.parametrize("text", ["", "nginx", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.256", "*"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="expected an address or a network such as"):
        Network.parse(text)
