"""Who calls is what a trusted proxy says, and never what the caller says."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from common.http.requests import client_address

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("fd00::/8"), ip_network("127.0.0.1")]


def address(peer: str | None, *forwarded: str, trusted: bool = True) -> str | None:
    """As seen by a service whose peer sends these X-Forwarded-For headers."""
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    scope: Scope = {"type": "http", "headers": headers, "client": (peer, 1234) if peer else None}
    return client_address(scope, list(TRUSTED) if trusted else [])


def test_a_caller_without_a_proxy_is_the_peer() -> None:
    assert address("203.0.113.7") == "203.0.113.7"
    assert address("2001:db8::7") == "2001:db8::7"


@pytest.mark.parametrize("peer", ["203.0.113.7", "2001:db8::7", "11.0.0.1"])
def test_what_a_stranger_claims_is_not_believed(peer: str) -> None:
    assert address(peer, "198.51.100.1") == peer


def test_with_no_trusted_proxies_nobody_is_believed() -> None:
    assert address("10.0.0.1", "198.51.100.1", trusted=False) == "10.0.0.1"


@pytest.mark.parametrize("peer", ["10.0.0.1", "fd00::1", "127.0.0.1"])
def test_a_trusted_proxy_is_believed(peer: str) -> None:
    assert address(peer, "198.51.100.1") == "198.51.100.1"
    assert address(peer, "2001:db8::7") == "2001:db8::7"


def test_a_chain_of_trusted_proxies_is_followed_to_the_caller() -> None:
    assert address("127.0.0.1", "198.51.100.1, 10.1.1.1, fd00::2") == "198.51.100.1"


def test_what_the_caller_put_in_front_of_the_proxys_word_does_not_count() -> None:
    assert address("10.0.0.1", "1.1.1.1, 10.9.9.9, 198.51.100.1") == "198.51.100.1"


def test_a_proxy_that_adds_a_header_of_its_own_is_heard_and_not_the_callers() -> None:
    assert address("10.0.0.1", "1.1.1.1", "198.51.100.1") == "198.51.100.1"


def test_a_trusted_proxy_that_says_nothing_is_the_caller() -> None:
    assert address("10.0.0.1") == "10.0.0.1"
    assert address("10.0.0.1", " , ,") == "10.0.0.1"


def test_a_peer_without_an_address_has_none() -> None:
    assert address(None, "198.51.100.1") is None


def test_a_word_that_is_no_address_ends_the_chain() -> None:
    assert address("10.0.0.1", "1.1.1.1, unknown") == "unknown"


addresses = st.ip_addresses().map(str).filter(lambda text: not any(_in(text, net) for net in TRUSTED))


def _in(text: str, network: object) -> bool:
    return ip_address(text) in network  # type: ignore[operator]


@given(addresses, st.lists(st.text("0123456789abcdef.:, ", max_size=30), max_size=4))
def test_no_forged_beginning_changes_what_the_proxy_saw(seen: str, forged: list[str]) -> None:
    assert address("10.0.0.1", ", ".join([*forged, seen])) == seen
    assert address("10.0.0.1", *forged, seen) == seen
