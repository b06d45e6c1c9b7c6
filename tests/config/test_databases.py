"""How each role reaches its server."""

from __future__ import annotations

from typing import Any

import pytest

from config.databases import databases_for
from config.environment import Environment
from config.fleet import FLEET
from connection_budget.budget.budget import budget_from_environment

BUDGET = budget_from_environment({}, FLEET)
ROLES = [*(role.name for role in FLEET), "command"]


def options(role: str, monkeypatch: pytest.MonkeyPatch, query: str = "") -> dict[str, Any]:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://x:y@db.example/cairn{query}")
    databases = databases_for(role, BUDGET, env=Environment(), embedded=None)
    found: dict[str, Any] = databases["default"]["OPTIONS"]
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_role_asks_the_kernel_to_notice_a_dead_way(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = options(role, monkeypatch)
    names = ("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count")
    assert all(found[name] > 0 for name in (*names, "tcp_user_timeout", "connect_timeout"))


def test_what_the_address_says_of_it_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert options("web", monkeypatch, "?keepalives_idle=7")["keepalives_idle"] in {7, "7"}
