"""Who a request comes from, as far as turns, budgets and bounds go: an address, or a network."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

_NETWORK: Final = 64
"""Bits of an IPv6 address that are one customer's: of the others he may use any."""
_LONGEST: Final = 64


@lru_cache(maxsize=4096)
def client_of(host: str) -> str:
    """The client at an address: an IPv4 address, the /64 of an IPv6 address; of what is no address
    (a proxy may name anything) the text itself."""
    address = _address(host)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _NETWORK), strict=False))
    return str(address or host[:_LONGEST])


@lru_cache(maxsize=4096)
def shortened(host: str) -> str:
    """An address without what tells one customer from the next: the last 8 bits of IPv4 and the
    last 80 of IPv6 are 0."""
    address = _address(host)
    if address is None:
        return ""
    bits = 24 if isinstance(address, IPv4Address) else 48
    return str(ip_network((address, bits), strict=False).network_address)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    # What comes by IPv4 to a socket of both (RFC 4291, section 2.5.5.2).
    return getattr(address, "ipv4_mapped", None) or address
