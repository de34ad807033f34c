"""The networks that a client's address counts for in rate limits.

Whoever has one IPv6 address has a /64 of them, and often a /48 (RFC 6177): counting addresses would limit nobody.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_IPV6_PREFIXES = {64: 1, 48: 4}
"""Prefix length -> how many times the limit of one client it may reach."""


@dataclass(frozen=True)
class ClientNetwork:
    """`name` is the network in CIDR notation; `allowance` multiplies the limit of one client."""

    name: str
    allowance: int = 1


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """None for what is no address: a host name, an address with a port or a zone. IPv4 addresses inside IPv6 (RFC 4291
    section 2.5.5.2) are returned as IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else (address.ipv4_mapped or address)
    return address


def client_networks(ip: str | None) -> tuple[ClientNetwork, ...]:
    """Narrowest first. Clients without an address count together."""
    address = parse_address(ip or "")
    if address is None:
        return (ClientNetwork("unknown"),)
    if isinstance(address, IPv4Address):
        return (ClientNetwork(str(address)),)
    return tuple(
        ClientNetwork(str(ip_network((address, prefix), strict=False)), allowance)
        for prefix, allowance in _IPV6_PREFIXES.items()
    )
