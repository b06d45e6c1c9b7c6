"""Web addresses: when two spellings are one link. Pure."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid")


def canonical_url(url: str) -> str:
    """Fold case of scheme and host, default port, fragment, tracking parameters, closing slash.

    http and https are one page for our purposes, so the scheme is always https here: this is a
    key for comparing, not an address to visit. Raises ValueError where there is no host.
    """
    parts = urlsplit(url.strip())
    if not parts.hostname:
        raise ValueError(f"“{url}” names no host")
    host = (
        parts.hostname.encode("idna").decode("ascii")
        if not parts.hostname.isascii()
        else parts.hostname
    )
    if ":" in host:
        host = f"[{host}]"  # an IPv6 address
    if parts.port and parts.port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{parts.port}"
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.startswith(_TRACKING)
    ]
    return urlunsplit(("https", host, parts.path.rstrip("/"), urlencode(sorted(query)), ""))
