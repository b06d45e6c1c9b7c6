"""Which address a visitor counts as, whatever stands in X-Forwarded-For."""

from __future__ import annotations

import pytest

from accounts.limits.addresses import visitors_network

PEER = "203.0.113.9"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:207", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("/run/web.sock", "unknown"),
    ],
)
def test_an_address_counts_as_what_one_visitor_has(address: str, counted: str) -> None:
    assert visitors_network(address, "", proxies=0) == counted


@pytest.mark.parametrize(
    ("forwarded", "proxies", "counted"),
    [
        ("198.51.100.1", 0, PEER),
        ("198.51.100.1", 1, "198.51.100.1"),
        ("10.9.9.9, 198.51.100.1", 1, "198.51.100.1"),
        ("10.9.9.9,198.51.100.1,172.16.0.1", 2, "198.51.100.1"),
        ("198.51.100.1:4711", 1, "198.51.100.1"),
        ("[2001:db8::7]:443", 1, "2001:db8::/64"),
        (" ::ffff:198.51.100.1 ", 1, "198.51.100.1"),
        # Fewer have written than stand in front: it came another way, and may say what it likes.
        ("198.51.100.1", 2, PEER),
        ("", 1, PEER),
    ],
)
def test_only_what_our_proxies_have_written_is_believed(
    forwarded: str, proxies: int, counted: str
) -> None:
    assert visitors_network(PEER, forwarded, proxies=proxies) == counted


@pytest.mark.parametrize(
    "garbage",
    [
        "unknown", "_hidden", "999.1.1.1", "1.2.3", "[", "[::1", "]:80", ":::", "%", "%00", "\x00",
        "１.2.3.4", "1.2.3.4 5.6.7.8", "a" * 100_000, "1." * 50_000, ":" * 50_000, "\udcff",
    ],
)  # fmt: skip
@pytest.mark.parametrize("proxies", [1, 3, 100])
def test_garbage_counts_as_the_peer(garbage: str, proxies: int) -> None:
    for forwarded in (garbage, f"198.51.100.1, {garbage}", "," * 50_000 + garbage):
        assert visitors_network(PEER, forwarded, proxies=proxies) in {PEER, "198.51.100.1"}
    assert visitors_network(PEER, f"198.51.100.1, {garbage}", proxies=1) == PEER
