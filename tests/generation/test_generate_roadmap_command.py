"""`manage.py generate_roadmap` as a person or a script uses it: real processes, real exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from concepts.models import Artifact
from generation.models import GenerationRun
from generation.run_states import RunState
from generation.runs.selectors import get_run_progress
from roadmaps.models import Roadmap
from tests.databases import database_url
from tests.generation.cast import assert_complete
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
BUILT_IN = "Python web development"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Outcome = subprocess.CompletedProcess[str]
Manage = Callable[..., Outcome]


def environment(**variables: str) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": str(ROOT),
        **variables,
    }


@pytest.fixture
def manage() -> Manage:
    def run(*arguments: str, script: str = "manage.py", **variables: str) -> Outcome:
        return subprocess.run(
            [sys.executable, str(ROOT / script), *arguments],
            capture_output=True,
            text=True,
            env=environment(**variables),
            cwd=ROOT,
            timeout=100,
            check=False,
        )

    return run


def test_it_writes_the_built_in_roadmap_and_stdout_is_the_contracts_json(manage: Manage) -> None:
    outcome = manage("generate_roadmap", BUILT_IN, "--format", "json")
    assert outcome.returncode == 0
    report = json.loads(outcome.stdout)
    assert list(report) == ["roadmap", "run", "counts", "connections", "failures"]
    assert_report(report)


def assert_report(report: dict[str, Any]) -> None:
    counts, roadmap = report["counts"], Roadmap.objects.get()
    assert set(report["roadmap"]) == {"id", "slug", "title", "language", "url"}
    assert report["roadmap"]["url"].endswith(f"/roadmaps/{roadmap.slug}/")
    assert set(report["run"]) == {
        *("id", "state", "provider", "model", "seconds", "model_calls"),
        *("tokens_in", "tokens_out", "cost_usd"),
    }
    assert (report["run"]["state"], counts["failed"], report["failures"]) == ("ready", 0, [])
    assert counts["concepts"] == counts["tutorials"] == counts["quizzes"] >= 36
    assert counts["resources"] >= 3 * counts["concepts"]
    assert counts["questions"] >= 5 * counts["concepts"]
    assert report["connections"] == {"peak": 1, "budget": 1}
    assert (roadmap.visibility, roadmap.owner) == ("public", None)


@pytest.mark.wide
def test_the_same_goal_again_is_the_same_roadmap_unless_a_new_one_is_asked_for(
    manage: Manage,
) -> None:
    goals = (BUILT_IN, f"  {BUILT_IN.upper()} ", BUILT_IN)
    options: tuple[list[str], ...] = ([], [], ["--new"])
    reports = [
        json.loads(manage("generate_roadmap", goal, "--format=json", *option).stdout)
        for goal, option in zip(goals, options, strict=True)
    ]
    first, same, new = [report["roadmap"] for report in reports]
    assert first == same
    assert (first["slug"], new["slug"]) == ("python-web-development", "python-web-development-2")


def test_text_tells_people_what_there_is_now(manage: Manage) -> None:
    outcome = manage("generate_roadmap", BUILT_IN)
    assert outcome.returncode == 0
    assert outcome.stdout.startswith(BUILT_IN)
    assert "0 could not" not in outcome.stdout
    assert "Connections: 1 at the peak, 1 in the budget" in outcome.stdout


def test_a_goal_nobody_wrote_needs_a_model_and_is_told_so(manage: Manage) -> None:
    outcome = manage("generate_roadmap", "underwater basket weaving")
    assert (outcome.returncode, outcome.stdout) == (2, "")
    for words in ("underwater basket weaving", "needs a language model", BUILT_IN, "LLM_BASE_URL"):
        assert words in outcome.stderr
    assert not Roadmap.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Give a goal"),
        (["--resume", "nonsense"], "invalid UUID value"),
        ([BUILT_IN, "--target-date", "soon"], "invalid"),
        (["🙂🙂"], "does not say what you want to learn"),
    ],
)
def test_bad_usage_ends_with_2_and_a_sentence(
    manage: Manage, arguments: list[str], words: str
) -> None:
    outcome = manage("generate_roadmap", *arguments)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert words in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([""], "Give a goal"),
        (["   "], "The goal is empty"),
        (["x" * 20_000], "500 are the limit"),
        ([BUILT_IN, "--resume", str(uuid.uuid4())], "Give a goal"),
        (["--resume", str(uuid.uuid4())], "There is no run"),
        ([BUILT_IN, "--owner", "nobody@example.org"], "nobody has the address"),
        ([BUILT_IN, "--language", "zh"], "language “en”, not “zh”"),
        ([BUILT_IN, "--concepts", "8"], "has 43 concepts, and you asked for 8"),
        ([BUILT_IN, "--hours-per-week", "200"], "between 1 and 80"),
        ([BUILT_IN, "--target-date", "1999-12-31"], "not in the future"),
    ],
)
def test_what_cannot_be_served_is_refused_before_anything_is_written(
    arguments: list[str], words: str
) -> None:
    with pytest.raises(CommandError, match=words) as refusal:
        call_command("generate_roadmap", *arguments)
    assert refusal.value.returncode == 2
    assert not Roadmap.objects.exists()


def test_a_dry_run_prints_the_outline_and_writes_nothing(manage: Manage) -> None:
    outcome = manage("generate_roadmap", BUILT_IN, "--dry-run", "--format", "json")
    assert outcome.returncode == 0
    assert len(json.loads(outcome.stdout)["stages"]) >= 5
    assert not Roadmap.objects.exists()


def test_an_owners_roadmap_is_private(manage: Manage) -> None:
    alice = User.objects.create_user("alice@example.org")
    manage("generate_roadmap", BUILT_IN, "--owner", "Alice@example.org")
    assert Roadmap.objects.values_list("owner", "visibility").get() == (alice.pk, "private")


def test_ready_again_but_with_a_failure_ends_with_3_and_names_it(manage: Manage) -> None:
    manage("generate_roadmap", BUILT_IN)
    quiz = Artifact.objects.filter(kind="quiz").earliest("position")
    Artifact.objects.filter(pk=quiz.pk).update(state="failed", error_public="It was nonsense.")
    run = GenerationRun.objects.get()
    GenerationRun.objects.update(state=RunState.PARTIAL)
    Roadmap.objects.update(goal="Nobody wrote this")  # so that resuming fails again
    outcome = manage("generate_roadmap", "--resume", str(run.pk), "--format", "json")
    assert outcome.returncode == 3
    (failure,) = json.loads(outcome.stdout)["failures"]
    assert (failure["artifact"], failure["concept"]) == ("quiz", quiz.concept.title)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopping_saves_what_is_finished_and_tells_how_to_go_on(
    manage: Manage, stop: signal.Signals
) -> None:
    slow = "tests/generation/slow_command.py"
    arguments = ["generate_roadmap", "Tying knots", "--provider", "scripted"]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / slow), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=ROOT,
    )
    wait_until(lambda: any(get_run_progress(run.pk).ready for run in GenerationRun.objects.all()))
    process.send_signal(stop)
    stdout, stderr = process.communicate(timeout=100)
    run = GenerationRun.objects.get()
    assert (process.returncode, stdout, run.state) == (1, "", "paused")
    assert f"--resume {run.pk}" in stderr
    outcome = manage("generate_roadmap", "--resume", str(run.pk), script=slow)
    assert outcome.returncode == 0
    assert_complete(run.pk, 30)


def test_it_refuses_an_overcommitted_budget_before_connecting(manage: Manage) -> None:
    outcome = manage(
        "generate_roadmap",
        BUILT_IN,
        ROLE_WEB_CONNECTIONS="60",
        DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/nothing",
    )
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert "(4 processes + 0 overlap) x 61 + 0 main = 244" in outcome.stderr


@pytest.mark.parametrize("command", ["check", "connection_budget"])
def test_so_do_the_commands_that_never_connect(manage: Manage, command: str) -> None:
    outcome = manage(command, ROLE_WEB_CONNECTIONS="60")
    assert outcome.returncode == 1
    assert "x 61 + 0 main = 244" in outcome.stderr
    assert "265 + 13 = 278 > 100, 178 too many" in outcome.stderr


def test_a_database_that_is_away_is_told_of_without_a_traceback(manage: Manage) -> None:
    outcome = manage(
        "generate_roadmap", BUILT_IN, DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/nothing"
    )
    assert outcome.returncode == 1
    assert "cannot be reached" in outcome.stderr
    assert "Traceback" not in outcome.stderr
