"""Numbers across processes: sums of the living, nothing of the dead but what they counted."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connection_budget.lanes.executor import DbExecutor
from connection_budget.metrics.instruments import exposition
from tests.connection_budget.cast import REAL_TRANSACTIONS, Gate, eventually
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
WAITING = "db_semaphore_waiting_tasks"
TIMEOUTS = "db_pool_timeouts_total"


def value_of(name: str) -> float:
    """In this process's own numbers."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", exposition().decode(), re.MULTILINE)
    assert found, f"{name} is not there"
    return float(found[1])


class Process:
    """One that counts into `directory`."""

    def __init__(self, directory: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "connection_budget" / "counting_process.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ
            | {
                "PROMETHEUS_MULTIPROC_DIR": str(directory),
                "DATABASE_URL": "postgresql:///nobody",
                "DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings",
                "PYTHONPATH": str(ROOT),
            },
        )

    def tell(self, order: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return self.hear()

    def hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def scrape(self, name: str) -> float:
        return float(self.tell(f"scrape {name}"))

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(100)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Callable[[], Process]]:
    made: list[Process] = []

    def make() -> Process:
        made.append(Process(tmp_path / "metrics"))
        return made[-1]

    yield make
    for process in made:
        process.kill()


def files_in(directory: Path) -> list[str]:
    return sorted(file.name for file in (directory / "metrics").iterdir())


def test_any_process_shows_the_sum_of_all(processes: Callable[[], Process]) -> None:
    one, other = processes(), processes()
    one.tell("wait 2")
    other.tell("wait 3")
    assert one.scrape(WAITING) == other.scrape(WAITING) == 5


def test_the_gauges_of_a_killed_process_are_gone_at_the_next_scrape(
    processes: Callable[[], Process], tmp_path: Path
) -> None:
    one, victim = processes(), processes()
    victim.tell("wait 7")
    assert one.scrape(WAITING) == 7
    victim.kill()
    assert one.scrape(WAITING) == 0


def test_what_the_dead_counted_stays_and_takes_no_more_room(
    processes: Callable[[], Process], tmp_path: Path
) -> None:
    one = processes()
    one.tell("count 1")
    one.scrape(TIMEOUTS)
    rounds: list[list[str]] = []
    for _ in range(3):
        victim = processes()
        victim.tell("count 10")
        victim.tell("observe 0.2")
        victim.kill()
        assert one.scrape(TIMEOUTS) == 1 + 10 * (len(rounds) + 1)
        rounds.append(files_in(tmp_path))
    assert rounds[0] == rounds[1] == rounds[2]
    assert one.scrape("db_unit_seconds_count") == 3
    assert one.scrape('db_unit_seconds_bucket{le="0.1"}') == 0
    assert one.scrape('db_unit_seconds_bucket{le="0.25"}') == 3


def test_a_forked_child_is_somebody_else(processes: Callable[[], Process]) -> None:
    watcher, parent = processes(), processes()
    parent.tell("wait 4")
    child = int(parent.tell("fork"))
    try:
        assert watcher.scrape(WAITING) == 4
        parent.kill()
        assert watcher.scrape(WAITING) == 0, "the child keeps its parent alive"
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_forked_child_counts_for_itself(processes: Callable[[], Process]) -> None:
    watcher, parent = processes(), processes()
    parent.tell("wait 4")
    child = int(parent.tell("fork 3"))
    wait_until(lambda: watcher.scrape(WAITING) == 7)
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: watcher.scrape(WAITING) == 4)


def test_a_fold_that_was_interrupted_counts_nothing_twice(
    processes: Callable[[], Process], tmp_path: Path
) -> None:
    one, victim = processes(), processes()
    victim.tell("count 10")
    one.scrape(TIMEOUTS)
    directory = tmp_path / "metrics"
    dead = next(directory.glob(f"counter_*-{victim.pid}-*.db"))
    victim.kill()
    kept = tmp_path / dead.name
    shutil.copy(dead, kept)
    assert one.scrape(TIMEOUTS) == 10
    # Killed after the sums were written and noted, before the dead one's file was removed:
    shutil.copy(kept, dead)
    (directory / "folding.json").write_text(
        f'{{"replace": ["counter"], "remove": ["{dead.name}"]}}'
    )
    assert one.scrape(TIMEOUTS) == 10
    # Killed before the note was written:
    (directory / "counter_folded.new").write_bytes(b"half a file")
    assert one.scrape(TIMEOUTS) == 10


def test_a_scrape_goes_on_when_somebody_keeps_the_lock(
    processes: Callable[[], Process], tmp_path: Path
) -> None:
    one, victim = processes(), processes()
    victim.tell("wait 7")
    one.tell("wait 1")
    with (tmp_path / "metrics" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert one.scrape(WAITING) == 8
        victim.kill()
        assert one.scrape(WAITING) == 1


def test_what_is_the_worst_of_all_is_not_added_up(processes: Callable[[], Process]) -> None:
    one, other = processes(), processes()
    shown = {
        "UNIT_OVERDUE_SECONDS": ("db_unit_overdue_seconds", 7),
        "SEAT_OLDEST_SECONDS": ("db_seat_oldest_seconds", 7),
        "POOL_USAGE_RATIO": ("db_pool_usage_ratio", 7),
        "CONNECTION_BUDGET": ('db_connection_budget{role="web"}', 7),
        "CONNECTIONS_LIVE": ('db_connections_live{role="web"}', 3),  # the latest look
        "SEATS_WAITING": ("db_seats_waiting", 10),
        "LANES_RUNNING": ("db_lane_running", 10),
        "SEMAPHORE_PERMITS": ("db_semaphore_permits", 10),
        "POOL_LOST_SLOTS": ("db_pool_lost_slots", 10),
        "UNDECLARED": ("db_connections_undeclared", 10),
    }
    for process, number in ((one, 7), (other, 3)):
        for gauge, (name, _) in shown.items():
            process.tell(f"set {gauge} {number}" + " role=web" * ("role" in name))
    assert {name: one.scrape(name) for name, _ in shown.values()} == dict(shown.values())


def test_where_no_file_can_be_written_a_process_measures_alone(
    processes: Callable[[], Process], tmp_path: Path
) -> None:
    """And says so, once."""
    (tmp_path / "metrics").write_text("a file in the way")
    for number in (2, 3):
        process = processes()
        assert "metrics_unshared" in process.tell(f"wait {number - 1}")
        assert process.hear() == process.tell(f"wait {number}") == "done"
        assert process.scrape(WAITING) == number


@REAL_TRANSACTIONS
async def test_the_lanes_push_every_change(
    executors: Callable[..., DbExecutor], gate: Gate
) -> None:
    executor = executors(1)
    before = value_of("db_unit_seconds_count")
    tasks = [asyncio.create_task(executor.run(gate.hold)) for _ in range(4)]
    await eventually(gate.reached.is_set)
    await eventually(lambda: value_of(WAITING) == 3)
    assert value_of("db_lane_running") == 1
    tasks[3].cancel()
    await eventually(lambda: value_of(WAITING) == 2)
    gate.open()
    await asyncio.gather(*tasks[:3])
    await eventually(lambda: value_of("db_lane_running") == 0)
    assert value_of(WAITING) == 0
    assert value_of("db_unit_seconds_count") == before + 3
    permits = value_of("db_semaphore_permits")
    await executor.aclose()
    assert value_of("db_semaphore_permits") == permits - 1


def test_promtool_accepts_the_output(processes: Callable[[], Process]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=exposition(), capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
