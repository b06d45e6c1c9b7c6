"""Which address a visitor counts as. Pure."""

from __future__ import annotations

import ipaddress

# Written by a proxy; longer ones are no addresses.
ADDRESS_MAX_CHARACTERS = 64
# Whoever has an IPv6 address has all addresses of such a network.
IPV6_PREFIX = 64
UNKNOWN = "unknown"


def visitors_network(peer: str, forwarded_for: str, *, proxies: int) -> str:
    """Whom to count: an IPv4 address, or the network of an IPv6 address.

    `forwarded_for` is X-Forwarded-For, to which each of our `proxies` has added whom it heard.
    What stands before that the visitor may have written, so it is not looked at. Where fewer
    have written, or no address, the peer counts.
    """
    return _trusted_network(forwarded_for, proxies) or _network(peer) or UNKNOWN


def _trusted_network(forwarded_for: str, proxies: int) -> str:
    entries = forwarded_for.rsplit(",", proxies)
    if not proxies or len(entries) < proxies:
        return ""
    return _network(entries[-proxies])


def _network(text: str) -> str:
    """Empty for what is no address."""
    written = text.strip()
    if len(written) > ADDRESS_MAX_CHARACTERS:
        return ""
    try:
        address = ipaddress.ip_address(_without_port(written).partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_PREFIX), strict=False))


def _without_port(written: str) -> str:
    """`192.0.2.1:80` and `[2001:db8::1]:80` as some proxies write them."""
    if written.startswith("["):
        address, bracket, _port = written[1:].partition("]")
        return address if bracket else ""
    return written.partition(":")[0] if written.count(":") == 1 else written
