"""Proxies and certificates of the shell: used where they are meant, else told of by name."""

from __future__ import annotations

import asyncio
from ssl import SSLCertVerificationError

import certifi
import pytest
from django.core.management import CommandError, call_command
from pydantic_ai.exceptions import ModelConnectionError
from pytest_django import Settings

from generation.port.errors import SystemicError
from generation.providers.endpoints import Endpoint
from generation.providers.gateway import repeating
from generation.providers.gateway.errors import translate
from generation.providers.gateway.network import client_options, find_proxy
from generation.providers.gateway.opening import open_gateway
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import KEY, MODEL, ModelServer
from tests.generation.providers.gateway.test_envelopes import answer_of

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
ELSEWHERE = "http://model.example/v1"
SOCKS = "socks5://127.0.0.1:1080"


@pytest.fixture(autouse=True)
def shell(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """One that says nothing yet."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("url", "shell", "variable"),
    [
        (ELSEWHERE, {}, None),
        (ELSEWHERE, {"HTTP_PROXY": "p.example:3128"}, "HTTP_PROXY"),
        (ELSEWHERE, {"http_proxy": "a:1", "HTTP_PROXY": "b:1"}, "http_proxy"),
        (ELSEWHERE, {"http_proxy": "", "HTTP_PROXY": "b:1"}, None),
        (ELSEWHERE, {"HTTPS_PROXY": "p.example:3128"}, None),
        ("https://model.example/v1", {"HTTPS_PROXY": "a:1", "ALL_PROXY": SOCKS}, "HTTPS_PROXY"),
        (ELSEWHERE, {"all_proxy": SOCKS}, "all_proxy"),
        # A proxy has a loopback of its own.
        ("http://127.0.0.1:8080/v1", {"ALL_PROXY": SOCKS}, None),
        ("http://127.9.9.9/v1", {"HTTP_PROXY": "p:1"}, None),
        ("http://[::1]:8080/v1", {"ALL_PROXY": SOCKS}, None),
        ("http://localhost:11434/v1", {"HTTP_PROXY": "p:1"}, None),
        ("http://0.0.0.0:8000/v1", {"HTTP_PROXY": "p:1"}, None),
        # Another machine may well be behind one.
        ("http://192.168.0.7/v1", {"HTTP_PROXY": "p:1"}, "HTTP_PROXY"),
        ("http://192.168.0.7/v1", {"HTTP_PROXY": "p:1", "NO_PROXY": "192.168.0.0/16"}, None),
        ("http://192.168.0.7/v1", {"HTTP_PROXY": "p:1", "no_proxy": "10.0.0.0/8"}, "HTTP_PROXY"),
        ("http://[fd00::7]/v1", {"HTTP_PROXY": "p:1", "NO_PROXY": "[fd00::7]"}, None),
        ("http://[fd00::7]/v1", {"HTTP_PROXY": "p:1", "NO_PROXY": "x, fd00::/8"}, None),
        (ELSEWHERE, {"HTTP_PROXY": "p:1", "NO_PROXY": "*"}, None),
        (ELSEWHERE, {"HTTP_PROXY": "p:1", "NO_PROXY": "Example"}, None),
        (ELSEWHERE, {"HTTP_PROXY": "p:1", "NO_PROXY": ".example"}, None),
        (ELSEWHERE, {"HTTP_PROXY": "p:1", "NO_PROXY": "*.example"}, None),
        (ELSEWHERE, {"HTTP_PROXY": "p:1", "NO_PROXY": "model.example:80"}, None),
        (ELSEWHERE, {"HTTP_PROXY": "p:1", "NO_PROXY": "model.example:81"}, "HTTP_PROXY"),
        (ELSEWHERE, {"HTTP_PROXY": "p:1", "NO_PROXY": "odel.example,,"}, "HTTP_PROXY"),
    ],
)
def test_the_shell_says_which_hosts_are_behind_a_proxy(
    url: str, shell: dict[str, str], variable: str | None
) -> None:
    found = find_proxy(url, shell)
    assert (found.variable if found else None) == variable


@pytest.mark.parametrize(
    ("url", "variable", "value", "words"),
    [
        (ELSEWHERE, "ALL_PROXY", SOCKS, "ALL_PROXY names a SOCKS proxy"),
        (ELSEWHERE, "all_proxy", "socks5h://u:pass@h:1", "all_proxy names a SOCKS proxy"),
        (ELSEWHERE, "HTTP_PROXY", "socks4://h:1", "HTTP_PROXY names a proxy of the kind socks4"),
        (ELSEWHERE, "HTTP_PROXY", "http://u:pass@h:port", "HTTP_PROXY is not the address"),
        (ELSEWHERE, "HTTP_PROXY", "http://[::1", "HTTP_PROXY is not the address"),
        (ELSEWHERE, "HTTP_PROXY", "://", "HTTP_PROXY is not the address"),
        (ELSEWHERE, "HTTP_PROXY", "none at all", "HTTP_PROXY is not the address"),
        ("https://m.example/v1", "SSL_CERT_FILE", "/nowhere.pem", "SSL_CERT_FILE names no file"),
        ("https://m.example/v1", "SSL_CERT_FILE", "/dev/null", "SSL_CERT_FILE names no file"),
        ("https://m.example/v1", "SSL_CERT_FILE", "/", "SSL_CERT_FILE names no file"),
        ("https://m.example/v1", "SSL_CERT_DIR", "/nowhere", "SSL_CERT_DIR names no directory"),
        ("https://m.example/v1", "SSL_CERT_DIR", "/", "SSL_CERT_DIR names no directory"),
    ],
)
async def test_what_cannot_be_used_is_told_by_the_name_of_its_variable(
    shell: pytest.MonkeyPatch, url: str, variable: str, value: str, words: str
) -> None:
    shell.setenv(variable, value)
    with pytest.raises(SystemicError) as refusal:
        async with open_gateway(Endpoint(base_url=url, model=MODEL)):
            pass
    assert str(refusal.value).startswith(words)
    assert "pass" not in str(refusal.value) + refusal.value.detail


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", SOCKS),
        ("all_proxy", "garbage://"),
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("NO_PROXY", "[::1,http://[,\t*x*,"),
        ("SSL_CERT_FILE", "/nowhere.pem"),
        ("SSL_CERT_DIR", "/nowhere"),
        ("REQUESTS_CA_BUNDLE", "/nowhere.pem"),
    ],
)
async def test_a_model_on_this_machine_is_asked_whatever_the_shell_says(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content


async def test_a_host_elsewhere_is_asked_through_the_proxy(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{server.port}")
    async with open_gateway(endpoint_of(server, base_url=ELSEWHERE)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content
    assert len(server.received) == 1


async def test_a_proxy_that_does_not_answer_is_named(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeating, "UNREACHABLE_PAUSE_SECONDS", 0.01)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with open_gateway(endpoint_of(server, base_url=ELSEWHERE)) as gateway:
        with pytest.raises(SystemicError, match=r"model\.example, through the proxy of HTTP_PROXY"):
            await gateway.write_text(prompt_for("tutorial"))


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_wants_a_password_is_named_at_once(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """Asked for the page itself, or, where it may not look inside, to be let through."""
    asked: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{port}")
        endpoint = endpoint_of(server, base_url=f"{scheme}://model.example/v1")
        async with open_gateway(endpoint) as gateway:
            with pytest.raises(SystemicError, match=rf"the proxy of {scheme}_proxy.* NO_PROXY"):
                await gateway.write_text(prompt_for("tutorial"))
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, r"refused the key \(LLM_API_KEY\): it forbids everything, through the proxy of "),
        (404, r"/v1, through the proxy of http_proxy is no model server"),
    ],
)
async def test_a_page_of_a_proxy_names_the_proxy(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, status: int, words: str
) -> None:
    page = answer_of(b"<html>Access denied</html>", "Content-Type: text/html", status=status)
    server.raw = lambda _request: page
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{server.port}")
    async with open_gateway(endpoint_of(server, base_url=ELSEWHERE)) as gateway:
        with pytest.raises(SystemicError, match=words):
            await gateway.write_text(prompt_for("outline"))


def test_a_certificate_that_nobody_vouches_for_is_no_matter_of_patience() -> None:
    error = ModelConnectionError(MODEL, "Connection error.", phase="connect")
    error.__cause__ = SSLCertVerificationError(1, "self-signed certificate")
    told = translate(error, Endpoint(base_url="https://m.example/v1", model=MODEL))
    assert isinstance(told, SystemicError)
    assert "SSL_CERT_FILE" in str(told)


@pytest.mark.parametrize("file", ["", "/nowhere.pem", certifi.where()])
def test_certificates_are_not_asked_for_where_nothing_is_encrypted(
    monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", file)
    options = client_options(Endpoint(base_url="http://127.0.0.1/v1", model=MODEL))
    # Nobody is trusted; should an answer send us on to another scheme, that is refused.
    assert options["verify"].get_ca_certs() == []


@pytest.mark.parametrize("url", ["http://model.example:99999/v1", "http://[::1/v1", "http://\x00/"])
async def test_an_address_the_libraries_break_at_is_told_by_name(url: str) -> None:
    with pytest.raises(SystemicError, match="LLM_BASE_URL"):
        async with open_gateway(Endpoint(base_url=url, model=MODEL)) as gateway:
            await gateway.write_text(prompt_for("tutorial"))


@pytest.mark.django_db(transaction=True)
def test_the_command_that_checks_the_model_says_so_in_a_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LLM_BASE_URL, settings.LLM_API_KEY, settings.LLM_MODEL = ELSEWHERE, KEY, MODEL
    monkeypatch.setenv("ALL_PROXY", SOCKS)
    with pytest.raises(CommandError, match=r"^model\.example: ALL_PROXY names a SOCKS proxy"):
        call_command("llm_check")
