"""Who pays, and what is refused before anything begins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from generation.apps import COST_LIMITS, refuse_limits_without_a_price
from generation.models import GenerationRun
from generation.port.allowances import day_of
from generation.runs.allowances import list_allowances
from generation.spent_models import DaySpending
from roadmaps.models import Roadmap
from tests.databases import database_url
from tests.generation.cast import ScriptedProvider, make_outline, open_run
from tests.generation.providers.gateway.model_server import KEY, MODEL, ModelServer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def asked(settings: Settings) -> Iterator[ModelServer]:
    with ModelServer(concepts=12) as server:
        settings.LLM_BASE_URL, settings.LLM_API_KEY = server.base_url, KEY
        settings.LLM_MODEL, settings.CONTENT_PROVIDER = MODEL, "openai"
        settings.REDIS_URL = "unix:///nonexistent/redis.sock"
        yield server


def spend_all(scope: str) -> None:
    DaySpending.objects.create(scope=scope, day=day_of(timezone.now()), tokens=10**9)


def scopes_of(run_id: uuid.UUID) -> list[str]:
    return [one.scope for one in list_allowances(run_id)]


@pytest.fixture
def limited(settings: Settings) -> None:
    settings.USER_MAX_TOKENS_PER_DAY = settings.ANONYMOUS_MAX_TOKENS_PER_DAY = 10**6
    settings.SITE_MAX_TOKENS_PER_DAY = 10**6


@pytest.mark.django_db
@pytest.mark.usefixtures("limited")
def test_a_visitor_pays_as_a_session_and_as_an_address_until_an_account_adopts_it() -> None:
    run_id = open_run(ScriptedProvider(make_outline(4)), placed_by="s", placed_from="a")
    assert scopes_of(run_id) == ["visitor:s", "address:a", "site"]
    owner = User.objects.create_user("ada@example.com")
    Roadmap.objects.filter(runs=run_id).update(owner=owner)
    assert scopes_of(run_id) == [f"user:{owner.pk}", "site"]
    assert scopes_of(open_run(ScriptedProvider(make_outline(4)))) == ["site"]


@pytest.mark.django_db
@pytest.mark.usefixtures("limited", "asked")
def test_a_visitors_second_order_on_a_spent_day_is_refused_wherever_they_come_from(
    client: Client,
) -> None:
    assert client.post("/", {"goal": "Keeping bees"}).status_code == 302
    run = GenerationRun.objects.get()
    assert run.placed_by
    assert run.placed_by != run.placed_from
    spend_all(f"visitor:{run.placed_by}")
    elsewhere = client.post("/", {"goal": "Keeping hens"}, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 429
    assert "All that may be written for you in a day is used" in (
        client.get("/learning/").content.decode()
    )
    assert Client().post("/", {"goal": "Keeping hens"}).status_code == 302
    spend_all("site")
    refused = Client().post("/", {"goal": "Keeping cats"})
    assert refused.status_code == 429
    assert "As much has been written here today" in refused.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("limited")
def test_a_command_on_a_spent_day_says_so_in_a_sentence(asked: ModelServer) -> None:
    spend_all("site")
    with pytest.raises(CommandError, match="As much has been written here today as may be"):
        call_command("generate_roadmap", "Keeping bees", stdout=StringIO())
    with pytest.raises(CommandError, match="SITE_MAX_TOKENS_PER_DAY is 1,000,000"):
        call_command("llm_check", stdout=StringIO())
    with pytest.raises(CommandError, match="SITE_MAX_TOKENS_PER_DAY is 1,000,000"):
        call_command("generate_roadmap", "Keeping bees", "--dry-run", stdout=StringIO())
    assert not asked.received
    assert not GenerationRun.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("limited")
def test_what_belongs_to_no_run_counts_for_the_site_and_its_owner(asked: ModelServer) -> None:
    owner = User.objects.create_user("ada@example.com")
    told = StringIO()
    call_command("llm_check", "--format", "json", stdout=told)
    checked = json.loads(told.getvalue())
    assert DaySpending.objects.get().tokens == checked["tokens_in"] + checked["tokens_out"]
    line = ("generate_roadmap", "Keeping bees", "--dry-run", "--concepts", "12")
    call_command(*line, "--owner", owner.email, stdout=StringIO())
    taken = [request.tokens_in + request.tokens_out for request in asked.received]
    rows = dict(DaySpending.objects.values_list("scope", "tokens"))
    assert rows == {"site": sum(taken), f"user:{owner.pk}": sum(taken[1:])}


@pytest.mark.parametrize("name", COST_LIMITS)
def test_a_limit_in_dollars_refuses_the_start_where_nobody_knows_the_price(
    settings: Settings, name: str
) -> None:
    settings.CONTENT_PROVIDER, settings.LLM_MODEL = "openai", "bee-1"
    settings.LLM_BASE_URL = "http://127.0.0.1:9/v1"
    setattr(settings, name, 5.0)
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is set, .* LLM_PRICE_INPUT and"):
        refuse_limits_without_a_price()
    settings.LLM_BASE_URL, settings.LLM_MODEL = "https://api.openai.com/v1", "gpt-4o-mini"
    refuse_limits_without_a_price()
    settings.LLM_MODEL, settings.LLM_PRICE_INPUT, settings.LLM_PRICE_OUTPUT = "bee-1", 0.0, 1.0
    refuse_limits_without_a_price()


@pytest.mark.slow
def test_a_process_that_cannot_keep_its_limit_does_not_start() -> None:
    known = {
        "LLM_BASE_URL": "http://127.0.0.1:9/v1",
        "LLM_MODEL": "bee-1",
        "CONTENT_PROVIDER": "openai",
        "SITE_MAX_COST_USD_PER_DAY": "5",
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
    }
    ended = subprocess.run(
        [sys.executable, "manage.py", "check"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | known,
        check=False,
    )
    assert ended.returncode == 1
    assert "LLM_PRICE_INPUT and LLM_PRICE_OUTPUT" in ended.stderr
    assert "Traceback" not in ended.stderr
