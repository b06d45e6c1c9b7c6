"""The names that a project needs, in one place, and nothing loaded that they do not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

import connection_budget

# As in settings: Django is not set up, and nobody has asked for a driver yet.
ARITHMETIC = """
import sys
from connection_budget import PREFORK, WEB, Budget, Role, budget_from_environment
fleet = [Role("web", connections=4, processes=4, kind=WEB)]
print(budget_from_environment({}, fleet).total)
print(sorted({"django", "psycopg", "celery"} & set(sys.modules)))
"""


@pytest.mark.parametrize("name", connection_budget.__all__)
def test_every_name_of_the_face_is_there(name: str) -> None:
    assert getattr(connection_budget, name) is not None


def test_a_name_that_is_none_is_no_attribute() -> None:
    assert not hasattr(connection_budget, "no_such_name")


def test_the_arithmetic_is_had_without_django_and_without_a_driver() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ARITHMETIC], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["20", "[]"]
