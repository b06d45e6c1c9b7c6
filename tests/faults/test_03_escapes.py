"""Fault scenario 3, escapes, the half a lint can hold.

Scenario: `create_task` after the response; `to_thread` with ORM; `thread_sensitive=False`; ORM in
a signal. Pass: the lint refuses them, or no slot is lost.

A thread that nobody counts has a connection that nobody counts. So every bridge from asyncio to
such a thread is refused in all source code, but for the places named here with their reason.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.escapes import ASYNC_METHODS, find_escapes

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "accounts",
    "benchmarks",
    "concepts",
    "config",
    "connection_budget",
    "generation",
    "learning",
    "roadmaps",
)
ALLOWED = {
    # Closing waits for the lanes; it opens nothing.
    "connection_budget/lanes/executor.py": frozenset({"run_in_executor"}),
    # The request's own thread gives its connection back.
    "connection_budget/seats/returning.py": frozenset({"sync_to_async"}),
    # A forked child gets an idle thread in the place of one that it does not have.
    "connection_budget/forks.py": frozenset({"SyncToAsync"}),
    # Units of a project's tests, in the thread that has the test's rows.
    "connection_budget/testing.py": frozenset({"sync_to_async"}),
    # Waits for the writer's process; it opens nothing.
    "benchmarks/bench_words_lag.py": frozenset({"run_in_executor"}),
}
BAD = {
    "to_thread": "import asyncio\nasync def f(): await asyncio.to_thread(print)\n",
    "run_in_executor": "async def f(loop): await loop.run_in_executor(None, print)\n",
    "sync_to_async": "from asgiref.sync import sync_to_async\n",
    "SyncToAsync": "import asgiref.sync\nf = asgiref.sync.SyncToAsync(print)\n",
    "database_sync_to_async": "from channels.db import database_sync_to_async as bridge\n",
    "thread_sensitive=False": "f = wrap(print, thread_sensitive=False)\n",
    "aget": "async def f(): return await Concept.objects.aget(pk=1)\n",
    "asave": "async def f(concept): await concept.asave()\n",
    "abulk_create": "async def f(): await Concept.objects.abulk_create([])\n",
    "aiterator": "async def f(query): return query.aiterator()\n",
    "aget_object_or_404": "from django.shortcuts import aget_object_or_404\n",
    "aset": "async def f(concept): await concept.requires.aset([])\n",
    "async for over a query": (
        "async def f():\n async for c in Concept.objects.filter(pk=1): print(c)\n"
    ),
    "DJANGO_ALLOW_ASYNC_UNSAFE": "import os\nos.environ['DJANGO_ALLOW_ASYNC_UNSAFE'] = '1'\n",
}
BANNED_IN_RUFF = {
    "asyncio.to_thread": "import asyncio\n\n\nasync def f() -> None:\n"
    "    await asyncio.to_thread(print)\n",
    "asgiref.sync.sync_to_async": "from asgiref.sync import sync_to_async\n\n"
    "f = sync_to_async(print)\n",
    "channels.db.database_sync_to_async": "from channels.db import database_sync_to_async\n\n"
    "f = database_sync_to_async(print)\n",
}


@pytest.mark.parametrize("what", BAD)
def test_an_escape_is_refused(what: str) -> None:
    assert what in [escape.what for escape in find_escapes(BAD[what])]


def test_what_only_looks_like_one_is_not() -> None:
    fine = (
        "async def f(queue, lanes, batches):\n"
        "    async for batch in collect(batches):\n"
        "        await lanes.aclose()\n"
        "    assert await queue.get() and all(batches)\n"
        "g = wrap(print, thread_sensitive=True)\n"
    )
    assert find_escapes(fine) == []


def test_the_list_of_methods_is_djangos() -> None:
    assert {"aget", "acreate", "aupdate", "adelete", "asave", "arefresh_from_db"} <= ASYNC_METHODS


@pytest.mark.parametrize("app", APPS)
def test_no_source_file_has_one(app: str) -> None:
    """But in documents, whose programs show what goes wrong without a bound."""
    docs = ROOT / app / "docs"
    files = sorted(file for file in (ROOT / app).rglob("*.py") if docs not in file.parents)
    assert files
    found = {
        str(file.relative_to(ROOT)): escapes
        for file in files
        if (
            escapes := find_escapes(
                file.read_text(encoding="utf-8"),
                allowed=ALLOWED.get(str(file.relative_to(ROOT)), frozenset()),
            )
        )
    }
    assert found == {}


def test_every_exception_is_still_needed() -> None:
    used = {
        name: frozenset(escape.what for escape in find_escapes((ROOT / name).read_text()))
        for name in ALLOWED
    }
    assert used == ALLOWED


@pytest.mark.parametrize("bridge", BANNED_IN_RUFF)
def test_make_check_refuses_it_too(bridge: str) -> None:
    ruff = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", "concepts/bad.py", "-"],
        input=BANNED_IN_RUFF[bridge],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert ruff.returncode == 1
    assert f"TID251 `{bridge}` is banned" in ruff.stdout
