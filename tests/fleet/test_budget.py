"""The theorem, on the whole default fleet: no role ever holds more connections than its peak.

Real role scripts, a PostgreSQL with 100 connections where every role has its login and its limit,
a real Redis; six roadmaps of 50 concepts at once from a slow provider, and learners who flick
through concept pages meanwhile. Three times: as it is, with roles replaced in the middle, and
while one whole fleet takes over from another.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from config.fleet import FLEET
from connection_budget.budget.budget import budget_from_environment
from tests.fleet.budgeted import LOGINS, OWNER, budgeted_server, orm_on
from tests.fleet.fleet import ROOT
from tests.fleet.learners import Learners
from tests.fleet.load import ROADMAPS, SixRoadmaps
from tests.fleet.sampling import Seen
from tests.fleet.stage import CONCEPTS, Stage, open_stage
from tests.fleet.whole import ROLES
from tests.waiting import wait_until

pytestmark = [pytest.mark.fleet, pytest.mark.timeout(600)]

BUDGET = budget_from_environment({}, FLEET)
PEAKS = {role.name: role.peak for role in BUDGET.roles}
# A role has its own login and nobody else has it; commands have the owner's, this test is one.
NAMES = {(login, role) for role, login in LOGINS.items()} | {(OWNER, "command")}
# Somebody orders six roadmaps by hand at once: more commands than the reserve is for, each of which
# has what a command may have; and this test looks on.
COMMANDS = ROADMAPS * BUDGET.role("command").peak + 1
# Learners who come at once, all of a class: more than the pools of all web processes hold.
RUSH = 32


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Stage]:
    directory = tmp_path_factory.mktemp("fleet")
    with (
        django_db_blocker.unblock(),
        budgeted_server() as server,
        orm_on(server),
        open_stage(server, directory) as stage,
    ):
        yield stage


# While a second fleet starts, its processes take what the first would serve with: where a line has
# stood for ten seconds, newcomers are told at once when to come again.
MOST_REFUSED = 0.02


def over(seen: Seen, peaks: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Roles that were seen with more connections than they may have."""
    most = {role: (seen.by_role[role], peak) for role, peak in peaks.items()}
    return {role: (seen, peak) for role, (seen, peak) in most.items() if seen > peak}


def check(
    stage: Stage,
    learners: Learners,
    roadmaps: SixRoadmaps,
    peaks: dict[str, int],
    *,
    most_refused: float = 0.0,
) -> Seen:
    """Nobody noticed anything (but for that share of learners who were told to come again), all is
    written once, and no role was ever above its peak."""
    seen = stage.sampler.end()
    print("", seen.text(), learners.text(), sep="\n  ")  # noqa: T201 - the figures are wanted
    assert over(seen, peaks) == {}
    assert {pair for pair in seen.pairs if pair[0]} <= NAMES
    assert seen.others <= COMMANDS
    roadmaps.assert_written_once()
    assert set(learners.answers) <= {"200", "503"}
    assert learners.answers["503"] <= most_refused * learners.answers.total()
    assert learners.came >= 200
    assert learners.gone >= 0.5 * learners.came
    refused = "db_seat_refused" if most_refused else "nobody"
    assert [problem for problem in stage.new_problems() if refused not in problem] == []
    return seen


def test_a_fleet_under_load_stays_within_its_peaks(stage: Stage) -> None:
    with stage.learners() as idle:
        wait_until(lambda: idle.came >= 75)
    with stage.learners() as learners, SixRoadmaps(stage) as roadmaps:
        learners.pages += roadmaps.pages()
        # Every run has two start messages and eight pullers: claims in the rows keep them apart.
        roadmaps.deliver_again()
        roadmaps.await_share(0.3)
        learners.rush(RUSH)
    print("\n  idle:", idle.text())  # noqa: T201 - likewise
    seen = check(stage, learners, roadmaps, PEAKS)
    assert seen.fleet <= BUDGET.total == 41
    assert seen.everybody <= BUDGET.total + BUDGET.operations_reserved
    assert seen.by_role["content_generation"] >= 8, "all its children were at work"
    assert len(roadmaps.calls()) == 3 * CONCEPTS
    assert set(roadmaps.calls().values()) == {ROADMAPS}, "each artifact was asked for once"


@pytest.mark.wide
def test_with_roles_replaced_in_the_middle_nobody_notices(stage: Stage) -> None:
    replaced = ("content_generation", "web")
    stage.sampler.begin()
    with stage.learners() as learners, SixRoadmaps(stage, held=True) as roadmaps:
        learners.pages += roadmaps.pages()
        for share, role in zip((0.1, 0.3), replaced, strict=True):
            roadmaps.await_share(share)
            stage.start(role)
            wait_until(lambda: both_write(stage.sampler.seen))
            hand_over(stage, learners, role)
            roadmaps.let_end()
            learners.rush(RUSH)
            migrate(stage)
    twice = {role: 2 * PEAKS[role] for role in replaced}
    seen = check(stage, learners, roadmaps, PEAKS | twice, most_refused=MOST_REFUSED)
    # One role at a time.
    assert seen.fleet <= BUDGET.total + max(PEAKS[role] for role in replaced)


@pytest.mark.wide
def test_while_a_whole_fleet_takes_over_the_server_is_not_full(stage: Stage) -> None:
    stage.sampler.begin()
    with stage.learners() as learners, SixRoadmaps(stage, held=True) as roadmaps:
        learners.pages += roadmaps.pages()
        stage.start(*ROLES)
        learners.ports = stage.web_ports()
        learners.rush(RUSH)
        wait_until(lambda: both_write(stage.sampler.seen))
        hand_over(stage, learners, *ROLES)
    twice = {role: 2 * peak for role, peak in PEAKS.items()}
    seen = check(stage, learners, roadmaps, twice, most_refused=MOST_REFUSED)
    assert seen.fleet <= 2 * BUDGET.total
    assert seen.everybody <= BUDGET.rolling_total == 95


def both_write(seen: Seen) -> bool:
    """Old and new: more connections at once than one generation can have.

    Their work is held, so that the new ones find some however late they come.
    """
    return seen.by_role["content_generation"] > PEAKS["content_generation"]


def hand_over(stage: Stage, learners: Learners, *roles: str) -> None:
    """The old ones stop while the new ones work; learners are led to the new before."""
    if "web" in roles:
        learners.move_to([stage.fleet.port])
    stage.settle(*roles)


def migrate(stage: Stage) -> None:
    """As a deploy does."""
    done = subprocess.run(
        ["sh", str(ROOT / "docker" / "migrate.sh")],
        env=stage.fleet.environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
