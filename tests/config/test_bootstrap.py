from __future__ import annotations

import pytest

from config.bootstrap import needs_database


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("manage.py", False),
        ("manage.py help generate_roadmap", False),
        ("manage.py generate_roadmap knots", True),
        ("manage.py generate_roadmap --help", False),
        ("manage.py no_such_command", False),
        ("manage.py check", False),
        ("manage.py check --database default", True),
        ("manage.py check --database=default", True),
        ("manage.py connection_budget", False),
        ("manage.py connection_budget --live", True),
        ("manage.py migrate", True),
    ],
)
def test_the_database_is_started_only_for_those_who_use_it(line: str, needed: bool) -> None:
    assert needs_database(line.split()) is needed
