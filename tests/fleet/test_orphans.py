"""The main process of a role is killed and can tell nobody: nothing of it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.error
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.fleet.fleet import ROLES, Fleet
from tests.fleet.test_deaths import Script
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.fleet,
    pytest.mark.wide,
    pytest.mark.timeout(300),
]


def family(main: int) -> set[int]:
    """The living processes of the session that a role's main process leads."""
    table = subprocess.run(
        ["ps", "-A", "-o", "pid=,sid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in table.splitlines()]
    return {int(row[0]) for row in rows if int(row[1]) == main and not row[2].startswith("Z")}


def connections_of(role: str, observer: psycopg.Connection) -> int:
    """To this test's database: other tests have fleets on the same server."""
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = %s AND datname = current_database()"
    )
    (count,) = observer.execute(query, [role]).fetchone() or (0,)
    return int(count)


def is_gone(role: str, main: int, observer: psycopg.Connection) -> bool:
    return not family(main) and not connections_of(role, observer)


def is_served(fleet: Fleet) -> bool:
    """A process that has just begun says 503 while its first connection takes long."""
    try:
        return fleet.page("/") == 200
    except urllib.error.HTTPError as error:
        assert error.code == 503  # noqa: PT017 - anything else is no matter of time
        return False


def test_a_main_process_that_is_killed_takes_its_children_along_and_may_start_again_at_once(
    fleet: Fleet, observer: psycopg.Connection, tmp_path: Path
) -> None:
    """In the midst of a run, so that the children of workers are busy."""
    script = Script(tmp_path)
    variables = script.variables() | {"ROLE_WEB_PROCESSES": "2"}
    fleet.start(*ROLES, **variables)
    script.let("plan")
    order = fleet.order("Tying knots", **variables)
    try:
        wait_until(lambda: len(script.calls()) > 1)
        wait_until(lambda: len(family(fleet.pid("web"))) > 2)
        for role in ROLES:
            main = fleet.pid(role)
            os.kill(main, signal.SIGKILL)
            fleet.wait(role)
            wait_until(partial(is_gone, role, main, observer))
            fleet.start(role, **variables)
        wait_until(partial(is_served, fleet))
    finally:
        order.kill()
        order.communicate()
