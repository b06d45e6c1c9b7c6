"""`make mutants [ONLY=words]`: each defect is put back into a copy, and must turn a test red.

Two at a time, for a test waits more than it works: each in a copy of the tree and on a database of
its own. `--list` prints the tables of CONTRIBUTING instead.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.databases import Database, joined
from tests.mutants.patches import ROOT, Mutant, groups, list_mutants, table_of
from tests.mutants.trying import Copy, Verdict

AT_A_TIME = 2
# How long a test waits here for what a defect keeps from happening.
PATIENCE_SECONDS = "20"


@dataclass(frozen=True)
class Bench:
    """Where one defect after the other is tried."""

    copy: Copy
    database: Database

    def judge(self, mutant: Mutant) -> Verdict:
        self.database.renew()
        return self.copy.judge(mutant)

    def list_red(self, tests: Sequence[str]) -> set[str]:
        self.database.renew()
        return self.copy.list_red(tests) if tests else set()


@contextmanager
def benches() -> Iterator[list[Bench]]:
    with ExitStack() as leaving:
        folder = leaving.enter_context(tempfile.TemporaryDirectory(prefix="cairn-mutants-"))
        url = leaving.enter_context(joined())
        made: list[Bench] = []
        for number in range(AT_A_TIME):
            database = Database(url, number)
            environ = {"DATABASE_URL": database.url, "TEST_PATIENCE_SECONDS": PATIENCE_SECONDS}
            copy = Copy.of(ROOT, Path(folder) / str(number) / "cairn", environ)
            made.append(Bench(copy, database))
            leaving.callback(database.close)
        made[0].database.create(made[0].copy)
        leaving.callback(made[0].database.drop)
        yield made


def list_red(tests: list[str], on: list[Bench], pool: ThreadPoolExecutor) -> set[str]:
    """Those that fail without any defect. A file's tests go together."""
    files = sorted({test.partition("::")[0] for test in tests})
    parts = [set(files[number :: len(on)]) for number in range(len(on))]
    shares = [[test for test in tests if test.partition("::")[0] in part] for part in parts]
    found = pool.map(lambda bench, share: bench.list_red(share), on, shares)
    return set().union(*found)


def try_all(
    mutants: list[Mutant], on: list[Bench], pool: ThreadPoolExecutor
) -> dict[Verdict, list[str]]:
    found: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    free: SimpleQueue[Bench] = SimpleQueue()
    for bench in on:
        free.put(bench)

    def judge(mutant: Mutant) -> tuple[Mutant, Verdict, float]:
        bench, began = free.get(), time.monotonic()
        try:
            return mutant, bench.judge(mutant), time.monotonic() - began
        finally:
            free.put(bench)

    judged = as_completed([pool.submit(judge, mutant) for mutant in mutants])
    for number, work in enumerate(judged, start=1):
        mutant, verdict, seconds = work.result()
        found[verdict].append(mutant.name)
        say(f"{number:>4}/{len(mutants)} {verdict.value:<10} {seconds:5.1f} s  {mutant.name}")
    return found


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(words: list[str]) -> bool:
    """Whether each defect was seen, by tests that are green without it."""
    mutants = [one for one in list_mutants() if all(word in str(one.path) for word in words)]
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    began = time.monotonic()
    with benches() as made:
        pool = ThreadPoolExecutor(len(made))
        try:
            say(f"{len(mutants)} defects, {len(tests)} tests: first as they are")
            red = list_red(tests, made, pool)
            found = try_all(mutants, made, pool)
        finally:
            pool.shutdown(cancel_futures=True)
    for test in sorted(red):
        say(f"red without any defect: {test}")
    for verdict in (Verdict.SURVIVED, Verdict.HUNG, Verdict.UNJUDGED):
        for name in sorted(found[verdict]):
            say(f"{verdict.value}: {name}")
    minutes = (time.monotonic() - began) / 60
    say(f"{len(found[Verdict.SEEN])} of {len(mutants)} defects were seen, in {minutes:.0f} min")
    return len(found[Verdict.SEEN]) == len(mutants) and not red


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only those whose names hold all of these")
    parser.add_argument("--list", action="store_true", help="the tables of CONTRIBUTING")
    chosen = parser.parse_args()
    if chosen.list:
        say("\n\n".join(table_of(group) for group in groups()))
        return 0
    return 0 if run(chosen.words) else 1


if __name__ == "__main__":
    sys.exit(main())
