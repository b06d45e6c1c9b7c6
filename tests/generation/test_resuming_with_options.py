"""`generate_roadmap --resume` with what only an order has: told, never ignored."""

from __future__ import annotations

import uuid

import pytest
from django.core.management import CommandError, call_command

OF_AN_ORDER = (
    ("--level", "advanced"),
    ("--language", "en"),
    ("--hours-per-week", "0"),
    ("--target-date", "2099-01-01"),
    ("--concepts", "30"),
    ("--provider", "catalogue"),
    ("--owner", ""),
    ("--new",),
    ("--plan-first",),
    ("--dry-run",),
)


@pytest.mark.parametrize("option", OF_AN_ORDER, ids=lambda option: option[0])
def test_an_option_of_an_order_is_refused_by_its_name(option: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=f"{option[0]} .*--resume") as refused:
        call_command("generate_roadmap", "--resume", str(uuid.uuid4()), *option)
    assert refused.value.returncode == 2
