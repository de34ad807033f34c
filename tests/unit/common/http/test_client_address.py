"""Who calls is what the outermost trusted proxy says, and never what the caller says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from common.http.requests import client_address


def address(peer: str | None, *forwarded: str, proxies: int = 1) -> str | None:
    """As seen by a service whose peer sends these X-Forwarded-For headers."""
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    scope: Scope = {"type": "http", "headers": headers, "client": (peer, 1234) if peer else None}
    return client_address(scope, proxies)


def test_a_caller_without_a_proxy_is_the_peer() -> None:
    assert address("203.0.113.7", proxies=0) == "203.0.113.7"
    assert address("2001:db8::7") == "2001:db8::7"


@pytest.mark.parametrize("peer", ["203.0.113.7", "2001:db8::7", "10.0.0.1", "127.0.0.1"])
def test_without_trusted_proxies_nobody_is_believed(peer: str) -> None:
    assert address(peer, "198.51.100.1", proxies=0) == peer


def test_a_trusted_proxy_is_believed() -> None:
    assert address("10.0.0.1", "198.51.100.1") == "198.51.100.1"
    assert address("fd00::1", "2001:db8::7") == "2001:db8::7"


def test_a_chain_of_trusted_proxies_is_followed_to_the_caller() -> None:
    assert address("127.0.0.1", "198.51.100.1, 10.1.1.1", proxies=2) == "198.51.100.1"
    assert address("127.0.0.1", "1.1.1.1, 198.51.100.1, 10.1.1.1, fd00::2", proxies=3) == "198.51.100.1"


def test_a_caller_inside_the_private_network_cannot_choose_its_address() -> None:
    assert address("10.0.0.1", "6.6.6.6, 10.9.9.9") == "10.9.9.9"


def test_what_the_caller_put_in_front_of_the_proxys_word_does_not_count() -> None:
    assert address("10.0.0.1", "1.1.1.1, 10.9.9.9, 198.51.100.1") == "198.51.100.1"


def test_a_proxy_that_adds_a_header_of_its_own_is_heard_and_not_the_callers() -> None:
    assert address("10.0.0.1", "1.1.1.1", "198.51.100.1") == "198.51.100.1"


def test_a_request_that_passed_fewer_proxies_comes_from_the_peer() -> None:
    assert address("10.0.0.1") == "10.0.0.1"
    assert address("10.0.0.1", "198.51.100.1", proxies=2) == "10.0.0.1"


def test_a_peer_without_an_address_has_none() -> None:
    assert address(None, "198.51.100.1") is None


@pytest.mark.parametrize(
    "claimed",
    ["203.0.113.9:51234", "garbage", "unknown", "[2001:db8::7]", "999.1.1.1", "fe80::1%eth0", "", "1.1.1.1, unknown"],
)
def test_a_forwarded_text_that_is_no_address_is_not_taken_for_one(claimed: str) -> None:
    assert address("10.0.0.1", claimed) == "10.0.0.1"


def test_an_address_has_one_spelling() -> None:
    assert address("10.0.0.1", "2001:DB8:0:0::7") == "2001:db8::7"
    assert address("10.0.0.1", "::ffff:198.51.100.1") == "198.51.100.1"


@given(st.ip_addresses(v=4).map(str), st.lists(st.text("0123456789abcdef.:, ", max_size=30), max_size=4))
def test_no_forged_beginning_changes_what_the_proxy_saw(seen: str, forged: list[str]) -> None:
    assert address("10.0.0.1", ", ".join([*forged, seen])) == seen
    assert address("10.0.0.1", *forged, seen) == seen
