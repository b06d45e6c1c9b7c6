"""Every layer works where prometheus_client is not installed: nothing is measured, that is all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROJECT = """
import importlib.util, pkgutil, sys

sys.modules["prometheus_client"] = None
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "prometheus_client" else find(
    name, *rest
)

import django
from django.conf import settings
from connection_budget import WEB, Role, budget_from_environment

settings.configure(
    INSTALLED_APPS=["connection_budget"],
    DATABASES={"default": {"ENGINE": "connection_budget.postgresql", "NAME": "x"}},
    PROCESS_ROLE="web",
    METRICS_OPEN=True,
    CONNECTION_BUDGET=budget_from_environment({}, [Role("web", 4, 1, kind=WEB)]),
)
django.setup()

import connection_budget
from connection_budget.lanes.executor import DbExecutor
from connection_budget.watch.monitoring import show_metrics

PASSED_OVER = ("connection_budget.contrib", "connection_budget.metrics.p", "connection_budget.test")
for module in pkgutil.walk_packages(connection_budget.__path__, "connection_budget."):
    if not module.name.startswith(PASSED_OVER):
        importlib.import_module(module.name)

lane = DbExecutor(1)
assert lane.run_sync(lambda: 3) == 3
lane.close()
answer = show_metrics("")
print(answer.status, answer.content.decode())
"""


def test_units_run_and_a_scrape_says_what_is_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROJECT],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "200 # Nothing is measured" in done.stdout, done.stderr
