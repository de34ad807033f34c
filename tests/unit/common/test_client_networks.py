"""Which networks an address counts for."""

import pytest

from common.client_networks import client_networks


@pytest.mark.parametrize(
    ("ip", "networks"),
    [
        ("203.0.113.7", [("203.0.113.7", 1)]),
        ("::ffff:203.0.113.7", [("203.0.113.7", 1)]),
        ("2001:db8:1:2:3:4:5:6", [("2001:db8:1:2::/64", 1), ("2001:db8:1::/48", 4)]),
        ("2001:DB8:1:2::7", [("2001:db8:1:2::/64", 1), ("2001:db8:1::/48", 4)]),
        (None, [("unknown", 1)]),
        ("garbage", [("unknown", 1)]),
    ],
)
def test_an_ipv6_address_counts_for_its_networks_and_an_ipv4_address_for_itself(
    ip: str | None, networks: list[tuple[str, int]]
) -> None:
    assert [(each.name, each.allowance) for each in client_networks(ip)] == networks
