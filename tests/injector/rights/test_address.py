"""Who is asking, behind proxies."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.config import Network
from injector.rights.address import Client, client

TRUSTED = tuple(Network.parse(one) for one in ("10.0.0.0/8", "127.0.0.1", "fd00::/8"))


def address_of(peer: str | None, *forwarded: str) -> str:
    return client(peer, "http", forwarded_for=forwarded, trusted=TRUSTED).address


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1,10.9.9.9 , fd00::1"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.7, 10.0.0.6"], "10.0.0.7"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
        ("10.0.0.1", ["2001:DB8:0::1"], "2001:db8::1"),
        ("10.0.0.1", ["fe80::1%eth0"], "fe80::1"),
        ("10.0.0.1", ['for="[2001:db8::1]:80"'], "2001:db8::1"),
        ("10.0.0.1", ["for=198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ['"198.51.100.1"'], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["198.51.100.1,"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["_hidden, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.256"], "10.0.0.1"),
        ("10.0.0.1", ["198.051.100.1"], "10.0.0.1"),
        ("10.0.0.1", ["[", "]", "[]:80", ":", "%", "::::"], "10.0.0.1"),
        (None, [], "127.0.0.1"),
        ("", ["198.51.100.1"], "198.51.100.1"),
        (None, ["198.51.100.1"], "198.51.100.1"),
        ("a name", ["198.51.100.1"], "a name"),
    ],
)
def test_the_client_is_the_first_from_the_right_that_is_no_trusted_proxy(
    peer: str | None, forwarded: list[str], address: str
) -> None:
    assert address_of(peer, *forwarded) == address


@given(st.lists(st.text(max_size=60) | st.ip_addresses().map(str), max_size=4), st.ip_addresses())
def test_what_a_client_writes_itself_changes_nothing(
    written: list[str], own: ipaddress.IPv4Address | ipaddress.IPv6Address
) -> None:
    address = str(own)
    if any(address in network for network in TRUSTED):
        return
    assert address_of("10.0.0.1", *written, address) == address_of("10.0.0.1", address)
    assert address_of(address, *written) == address_of(address)


@given(st.lists(st.text(max_size=80), max_size=4), st.text(max_size=20) | st.none())
def test_no_value_makes_it_fail(written: list[str], peer: str | None) -> None:
    told = client(peer, "http", forwarded_for=written, forwarded_proto=written, trusted=TRUSTED)
    assert told.counted_as
    assert told.scheme in {"http", "https"}


@pytest.mark.parametrize(
    ("peer", "proto", "scheme"),
    [
        ("10.0.0.1", ["https"], "https"),
        ("10.0.0.1", ["HTTPS "], "https"),
        ("10.0.0.1", ["https, http"], "http"),
        ("10.0.0.1", ["http", "https"], "https"),
        ("10.0.0.1", ["ftp"], "http"),
        ("10.0.0.1", [""], "http"),
        ("10.0.0.1", [], "http"),
        ("203.0.113.9", ["https"], "http"),
        (None, ["https"], "https"),
    ],
)
def test_the_scheme_is_what_the_trusted_proxy_beside_us_says(
    peer: str | None, proto: list[str], scheme: str
) -> None:
    assert client(peer, "http", forwarded_proto=proto, trusted=TRUSTED).scheme == scheme


def test_without_trusted_proxies_nothing_is_believed() -> None:
    told = client("127.0.0.1", "http", forwarded_for=["6.6.6.6"], forwarded_proto=["https"])
    assert told == Client("127.0.0.1", "http")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("a name", "a name"),
    ],
)
def test_a_client_of_ipv6_counts_by_its_network(address: str, counted: str) -> None:
    assert Client(address, "http").counted_as == counted
