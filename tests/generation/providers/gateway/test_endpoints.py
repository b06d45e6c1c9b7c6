"""What is assumed of a host, and what the environment may say instead."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config.environment import Environment, model_server_url
from generation.providers.endpoints import Prices, defaults_for, timeout_for
from generation.providers.gateway.opening import configured_endpoint

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize(
    ("url", "mode", "field"),
    [
        ("https://api.openai.com/v1", "native", "max_completion_tokens"),
        ("https://mine.openai.azure.com/openai/v1", "native", "max_completion_tokens"),
        ("https://api.deepseek.com", "prompted", "max_tokens"),
        ("https://ollama.com/v1", "prompted", "max_tokens"),
        ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "prompted", "max_tokens"),
        ("https://x.services.ai.azure.com/openai/v1", "native", "max_completion_tokens"),
        ("http://localhost:11434/v1", "native", "max_tokens"),
        ("https://notapi.deepseek.com.example/v1", "native", "max_tokens"),
    ],
)
def test_hosts_differ(url: str, mode: str, field: str) -> None:
    defaults = defaults_for(url)
    assert (defaults.output_mode, defaults.max_tokens_field) == (mode, field)


def test_ones_own_machine_may_take_its_time() -> None:
    hosted = timeout_for("https://api.openai.com/v1")
    for host in (
        *("localhost", "127.0.0.1", "ollama", "[::1]", "192.168.1.7", "10.0.0.9", "0.0.0.0"),  # noqa: S104
        *("gpu.local", "host.docker.internal", "box.lan"),
    ):
        assert timeout_for(f"http://{host}:8080/v1") > hosted, host
    for host in ("8.8.8.8", "[2606:4700::1111]", "local.example", "openrouter.ai"):
        assert timeout_for(f"https://{host}/v1") == hosted, host


def test_settings_have_the_last_word(settings: Settings) -> None:
    settings.LLM_BASE_URL, settings.LLM_MODEL = "https://api.deepseek.com", "deepseek-chat"
    assert configured_endpoint().output_mode == "prompted"
    settings.LLM_OUTPUT_MODE, settings.LLM_MAX_TOKENS_FIELD = "tool", "max_completion_tokens"
    settings.LLM_TIMEOUT_SECONDS, settings.LLM_REQUESTS_PER_MINUTE = 7.0, 30.0
    settings.LLM_PRICE_INPUT, settings.LLM_PRICE_OUTPUT = 0.5, 1.5
    endpoint = configured_endpoint()
    assert (endpoint.output_mode, endpoint.max_tokens_field) == ("tool", "max_completion_tokens")
    assert (endpoint.timeout_seconds, endpoint.requests_per_minute) == (7.0, 30.0)
    assert endpoint.prices == Prices(Decimal("0.5"), Decimal("1.5"))


def test_a_gateway_needs_a_model(settings: Settings) -> None:
    settings.LLM_BASE_URL, settings.LLM_MODEL = "https://api.deepseek.com", ""
    with pytest.raises(ImproperlyConfigured, match="LLM_MODEL"):
        configured_endpoint()


CONTRADICTIONS: list[tuple[dict[str, str], str]] = [
    ({"LLM_BASE_URL": "localhost:11434"}, "LLM_BASE_URL must begin with http"),
    ({"LLM_BASE_URL": "https://me:hunter2@models.example/v1"}, "give it as LLM_API_KEY"),
    ({"LLM_API_KEY": "sk-hunter2"}, "LLM_MODEL must be set"),
    ({"LLM_REQUESTS_PER_MINUTE": "-3"}, "LLM_REQUESTS_PER_MINUTE is “-3”"),
    ({"LLM_TIMEOUT_SECONDS": "nan"}, "LLM_TIMEOUT_SECONDS is “nan”"),
    ({"LLM_OUTPUT_MODE": "json"}, "one of native, tool, prompted"),
    ({"LLM_MAX_TOKENS_FIELD": "tokens"}, "one of max_tokens, max_completion_tokens"),
    ({"LLM_PRICE_INPUT": "1"}, "LLM_PRICE_INPUT and LLM_PRICE_OUTPUT go together"),
]
# Loads the settings once for each environment it reads, and prints what each of them is told.
START = """
import importlib, json, os, sys
own = dict(os.environ)
told = []
for variables in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(own | variables)
    for name in [name for name in sys.modules if name.startswith("config.settings")]:
        del sys.modules[name]
    try:
        importlib.import_module("config.settings.development")
    except Exception as error:
        told.append(f"{type(error).__name__}: {error}")
    else:
        told.append("started")
json.dump(told, sys.stdout)
"""


@pytest.mark.slow
def test_a_contradiction_stops_the_start() -> None:
    """A process for all of them, which takes as long to begin as one of them."""
    environments = [variables for variables, _ in CONTRADICTIONS]
    done = subprocess.run(
        [sys.executable, "-c", START],
        input=json.dumps([*environments, {}]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    *told, at_last = json.loads(done.stdout)
    wrong = [
        (variables, said)
        for (variables, words), said in zip(CONTRADICTIONS, told, strict=True)
        if not said.startswith("ImproperlyConfigured: ") or words not in said or "hunter2" in said
    ]
    assert wrong == []
    assert at_last == "started"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("http://h:1/v1/", "http://h:1/v1"),
        ("http://h:1/v1/chat/completions", "http://h:1/v1"),
        ("https://h/v1/chat/completions/", "https://h/v1"),
        ("https://h/x/chat/completions?api-version=1", "https://h/x?api-version=1"),
        ("https://h/x/?api-version=1#here", "https://h/x?api-version=1"),
        ("", ""),
    ],
)
def test_an_address_may_be_told_with_all_that_documentation_shows(
    monkeypatch: pytest.MonkeyPatch, said: str, meant: str
) -> None:
    monkeypatch.setenv("LLM_BASE_URL", said)
    assert model_server_url(Environment()) == meant
