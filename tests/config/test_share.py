"""How a role's processes are split over its instances."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.serve.share import rounded_up, share
from connections.budget import Budget
from connections.roles import FLEET


@pytest.mark.parametrize(
    ("processes", "instances", "each"), [(4, 1, 4), (4, 2, 2), (5, 2, 3), (8, 3, 3), (3, 3, 1)]
)
def test_every_instance_starts_the_same_number_rounded_up(
    processes: int, instances: int, each: int
) -> None:
    assert share(replace(FLEET[0], processes=processes, instances=instances)) == each


def test_what_rounding_adds_is_counted() -> None:
    web = replace(FLEET[0], processes=5, instances=2)  # 5 processes of 5 fit, 6 do not
    budget = Budget((web,), max_connections=28, operations_reserved=0)
    assert budget.fits
    assert not rounded_up(budget).fits


def test_an_even_split_changes_nothing() -> None:
    budget = Budget(FLEET, max_connections=100, operations_reserved=10)
    assert rounded_up(budget) == budget
