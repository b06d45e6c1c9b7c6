"""The way to the model server that the shell asks for: proxies and certificates.

The library reads the same variables, but breaks at those that this address does not need, and what
it then says names none of them.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from generation.port.errors import SystemicError
from generation.providers.endpoints import Endpoint

SOCKS = ("socks5", "socks5h")
# How a directory names the certificates in it, for OpenSSL to find.
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class ShellProxy:
    """A proxy, and the variable that names it. The address may hold a password."""

    variable: str
    url: str


def find_proxy(base_url: str, environ: Mapping[str, str] = os.environ) -> ShellProxy | None:
    """The proxy before this address; None where there is none, or none is wanted.

    This machine itself is never asked through one: a proxy has a loopback of its own.
    """
    parts = urlsplit(base_url)
    if _is_loopback(parts.hostname or "") or _is_spared(parts, environ):
        return None
    for name in (f"{parts.scheme}_proxy", "all_proxy"):
        variable = _in_either_case(name, environ)
        if url := environ.get(variable, "").strip():
            return ShellProxy(variable, url if "://" in url else f"http://{url}")
    return None


def _in_either_case(name: str, environ: Mapping[str, str]) -> str:
    """Small letters win, as with curl."""
    return name if name in environ else name.upper()


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _is_spared(parts: SplitResult, environ: Mapping[str, str]) -> bool:
    """Whether NO_PROXY names the host: a name with all below it, an address, a network."""
    host = parts.hostname or ""
    places = {host, f"{host}:{parts.port or _PORTS.get(parts.scheme)}"}
    for entry in environ.get(_in_either_case("no_proxy", environ), "").lower().split(","):
        name = entry.strip().removeprefix("*.").lstrip(".")
        if name == "*" or name.strip("[]") in places or name in places:
            return True
        if name and (host.endswith(f".{name}") or _is_inside(host, name)):
            return True
    return False


def _is_inside(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


def place(endpoint: Endpoint) -> str:
    """Where an endpoint is, and what stands before it."""
    return f"{endpoint.host}{through(endpoint)}"


def through(endpoint: Endpoint) -> str:
    """By way of which proxy; empty where there is none."""
    proxy = find_proxy(endpoint.base_url)
    return f", through the proxy of {proxy.variable}" if proxy else ""


def proxy_refuses(endpoint: Endpoint) -> str:
    """What to do about a proxy that will not let us through."""
    proxy = find_proxy(endpoint.base_url)
    named = f"the proxy of {proxy.variable}" if proxy else "a proxy"
    mend = f"mend {proxy.variable}" if proxy else "ask who runs it"
    return (
        f"{named} lets nobody through to {endpoint.host} without a name and a password that it "
        f"knows (http://name:password@host:port): {mend}, or name {endpoint.host} in NO_PROXY"
    )


def client_options(endpoint: Endpoint) -> dict[str, Any]:
    """What the library's client is to be built with. Raises SystemicError naming the variable."""
    proxy = find_proxy(endpoint.base_url)
    if proxy is not None:
        _check_proxy(proxy, endpoint.host)
    return {
        "trust_env": False,
        "verify": _certificates(endpoint.base_url),
        "proxy": None if proxy is None else proxy.url,
    }


def _check_proxy(proxy: ShellProxy, host: str) -> None:
    around = f"mend {proxy.variable}, or name {host} in NO_PROXY"
    try:
        parts = urlsplit(proxy.url)
        named, _port = parts.hostname, parts.port
    except ValueError:
        named = None
    if not named or not proxy.url.isprintable() or " " in proxy.url:
        raise SystemicError(f"{proxy.variable} is not the address of a proxy: {around}")
    if parts.scheme in SOCKS and find_spec("socksio") is None:
        raise SystemicError(
            f"{proxy.variable} names a SOCKS proxy, which takes the package socksio: install it, "
            f"name an HTTP proxy, or name {host} in NO_PROXY"
        )
    if parts.scheme not in {"http", "https", *SOCKS}:
        raise SystemicError(
            f"{proxy.variable} names a proxy of the kind {parts.scheme}, which is none of http, "
            f"https, socks5 and socks5h: {around}"
        )


def _certificates(base_url: str) -> ssl.SSLContext | bool:
    """Whom to trust: the shell's choice, or (True) the system's. Raises SystemicError."""
    if urlsplit(base_url).scheme != "https":
        # Nobody has to be trusted where nothing is encrypted; and to read them all takes a while.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return _chosen_certificates(os.environ)


def _chosen_certificates(environ: Mapping[str, str]) -> ssl.SSLContext | bool:
    if file := environ.get("SSL_CERT_FILE"):
        try:
            return ssl.create_default_context(cafile=file)
        except OSError as error:
            said = "No such file" if isinstance(error, FileNotFoundError) else str(error)
            raise SystemicError(
                f"SSL_CERT_FILE names no file of certificates that can be used: {file}",
                detail=said,
            ) from None
    if directories := environ.get("SSL_CERT_DIR"):
        if not any(_holds_certificates(Path(name)) for name in directories.split(os.pathsep)):
            raise SystemicError(
                "SSL_CERT_DIR names no directory of certificates, named as `openssl rehash` names "
                f"them: {directories}"
            )
        return ssl.create_default_context(capath=directories)
    return True


def _holds_certificates(directory: Path) -> bool:
    try:
        return any(_HASHED.fullmatch(entry.name) for entry in directory.iterdir())
    except OSError:
        return False
