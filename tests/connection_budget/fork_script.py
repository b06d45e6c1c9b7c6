"""Forks while a lane is at work. Reads DATABASES as JSON, prints what parent and child saw."""

import asyncio
import json
import os
import signal
import sys
import threading
from typing import Any

import django
import structlog
from django.conf import settings

from connection_budget.budget.budget import budget_from_environment
from tests.connection_budget.fleet import FLEET

settings.configure(
    DATABASES=json.load(sys.stdin),
    CONNECTION_BUDGET=budget_from_environment({}, FLEET),
    PROCESS_ROLE="beat",
)
django.setup()
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("warning"))

from connection_budget.lanes.executor import DbExecutor  # noqa: E402 - needs settings
from connection_budget.lanes.gauges import lane_usage  # noqa: E402 - likewise
from tests.connection_budget.cast import backend_pid  # noqa: E402

GIVE_UP_SECONDS = 30


def say(report: dict[str, Any]) -> None:
    os.write(1, json.dumps(report).encode() + b"\n")  # unbuffered: a fork copies buffers


def child_report(executor: DbExecutor) -> dict[str, Any]:
    started, usage = executor.statistics().started, lane_usage()
    first = executor.run_sync(backend_pid)
    second = asyncio.run(executor.run(backend_pid))
    executor.close()
    lanes = {"running": usage.in_use, "permits": usage.maximum, "waiting": usage.waiting}
    return {"started": started, "child": [first, second], "lanes": lanes}


def fork_and_report(executor: DbExecutor) -> None:
    pid = os.fork()
    if pid:
        assert os.waitpid(pid, 0) == (pid, 0)
        return
    signal.alarm(GIVE_UP_SECONDS)  # a child inherits no alarm
    try:
        say(child_report(executor))
    finally:
        os._exit(0 if sys.exc_info()[0] is None else 1)


def main() -> None:
    signal.alarm(GIVE_UP_SECONDS)
    executor = DbExecutor(1)
    before = executor.run_sync(backend_pid)
    reached, release = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        release.wait(100)

    holder = threading.Thread(target=executor.run_sync, args=[hold])
    holder.start()
    reached.wait(100)
    fork_and_report(executor)
    release.set()
    holder.join()
    say({"parent": [before, executor.run_sync(backend_pid)]})
    executor.close()


main()
