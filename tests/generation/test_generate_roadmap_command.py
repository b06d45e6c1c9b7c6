"""`manage.py generate_roadmap` as a person or a script uses it: real processes, real exit codes."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from generation.models import GenerationRun
from generation.providers.catalogue import find_roadmap, load_catalogue
from generation.runs.progress import get_run_progress
from roadmaps.models import Roadmap
from tests.databases import database_url
from tests.generation.cast import assert_complete
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
SLOW = Path(__file__).with_name("slow_command.py")
BUILT_IN = "Python web development"
WRITTEN = find_roadmap(BUILT_IN)
CONCEPTS = len(WRITTEN.outline.concepts()) if WRITTEN else 0
SMALL = ("--provider", "scripted", "--concepts", "4")

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
    def run(*arguments: str, **variables: str) -> Outcome:
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            capture_output=True,
            text=True,
            env=environment(**variables),
            cwd=ROOT,
            timeout=100,
            check=False,
        )

    return run


@dataclass(frozen=True)
class Ended:
    code: object
    said: str


def generate(*arguments: str) -> Ended:
    """In this process, which has loaded all it needs: what the command does once it is started."""
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("generate_roadmap", *arguments, stdout=out, stderr=StringIO())
    return Ended(end.value.code, out.getvalue())


@pytest.fixture
def scripted(settings: Settings) -> None:
    small = "tests.generation.cast.make_small_provider"
    settings.CONTENT_PROVIDERS = settings.CONTENT_PROVIDERS | {"scripted": small}


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
    # One of its lane, and one that its main thread may have.
    assert report["connections"] == {"peak": 1, "budget": 2}
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


def test_text_tells_people_what_there_is_now(scripted: None) -> None:
    ended = generate("Tying knots", *SMALL)
    assert ended.code == 0
    assert ended.said.startswith("Knots")
    assert "0 could not" not in ended.said
    assert "Connections: 1 at the peak, 2 in the budget" in ended.said


def test_a_goal_nobody_wrote_needs_a_model_and_is_told_so(manage: Manage) -> None:
    outcome = manage("generate_roadmap", "underwater basket weaving")
    assert (outcome.returncode, outcome.stdout) == (2, "")
    titles = [roadmap.outline.title for roadmap in load_catalogue()]
    for words in ("underwater basket weaving", "needs a language model", *titles, "LLM_BASE_URL"):
        assert words in outcome.stderr
    assert not Roadmap.objects.exists()


@contextmanager
def terminal(typed: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Somebody sits at it, and types this."""
    screen, own = pty.openpty()
    with (
        os.fdopen(own, closefd=False) as keys,
        os.fdopen(own, "w", closefd=False) as paper,
        monkeypatch.context() as patch,
    ):
        patch.setattr(sys, "stdin", keys)
        patch.setattr(sys, "stderr", paper)
        os.write(screen, typed.encode())
        yield screen
    os.close(own)
    os.close(screen)


@pytest.mark.parametrize("typed", ["y\n", "n\n", "\n", "\x04"])
def test_a_near_spelling_is_asked_about_on_a_terminal(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = StringIO()
    arguments = ("generate_roadmap", "Pyton web developement", "--dry-run")
    with terminal(typed, monkeypatch) as screen:
        if typed == "y\n":
            call_command(*arguments, stdout=out)
            assert BUILT_IN in out.getvalue()
        else:
            with pytest.raises(CommandError, match="closest built-in roadmap") as refusal:
                call_command(*arguments, stdout=out)
            assert (refusal.value.returncode, out.getvalue()) == (2, "")
        seen = b""
        while f"Did you mean “{BUILT_IN}”?" not in seen.decode(errors="ignore"):
            seen += os.read(screen, 1_000)  # as much as has come of it, and the echo


def test_where_nobody_could_answer_a_near_spelling_is_named_and_the_end_is_2(
    manage: Manage,
) -> None:
    outcome = manage("generate_roadmap", "Pyton web developement")
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert f"the closest built-in roadmap is “{BUILT_IN}”" in outcome.stderr
    assert "Did you mean" not in outcome.stderr


def test_bad_usage_ends_with_2_and_a_sentence(manage: Manage) -> None:
    outcome = manage("generate_roadmap", "--resume", "nonsense")
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert "invalid UUID value" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_date_is_written_as_one() -> None:
    with pytest.raises(CommandError, match=r"--target-date: invalid .* value: 'soon'"):
        call_command("generate_roadmap", BUILT_IN, "--target-date", "soon")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Give a goal"),
        ([""], "Give a goal"),
        (["🙂🙂"], "does not say what you want to learn"),
        (["   "], "The goal is empty"),
        (["x" * 20_000], "500 are the limit"),
        ([BUILT_IN, "--resume", str(uuid.uuid4())], "Give a goal"),
        (["--resume", str(uuid.uuid4())], "There is no run"),
        ([BUILT_IN, "--owner", "nobody@example.org"], "nobody has the address"),
        ([BUILT_IN, "--language", "zh"], "language “en”, not “zh”"),
        ([BUILT_IN, "--concepts", "8"], f"has {CONCEPTS} concepts, and you asked for 8"),
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


def test_a_dry_run_prints_the_outline_and_writes_nothing() -> None:
    out = StringIO()
    call_command("generate_roadmap", BUILT_IN, "--dry-run", "--format", "json", stdout=out)
    assert len(json.loads(out.getvalue())["stages"]) >= 5
    assert not Roadmap.objects.exists()


@pytest.mark.parametrize(("maker", "code"), [("authored", 0), ("small", 1)])
def test_what_people_wrote_may_be_short_and_what_a_model_writes_may_not(
    maker: str, code: int, scripted: None, settings: Settings
) -> None:
    settings.CONTENT_PROVIDERS["scripted"] = f"tests.generation.cast.make_{maker}_provider"
    assert generate("Tying knots", "--provider", "scripted").code == code
    dry = ("generate_roadmap", "Tying knots", "--provider", "scripted", "--dry-run")
    with nullcontext() if code == 0 else pytest.raises(CommandError, match="24 to 60 are wanted"):
        call_command(*dry, stdout=StringIO())


def test_an_owners_roadmap_is_private(scripted: None) -> None:
    alice = User.objects.create_user("alice@example.org")
    assert generate("Tying knots", *SMALL, "--owner", "Alice@example.org").code == 0
    assert Roadmap.objects.values_list("owner", "visibility").get() == (alice.pk, "private")


def test_ready_again_but_with_a_failure_ends_with_3_and_names_it(
    scripted: None, settings: Settings
) -> None:
    settings.CONTENT_PROVIDERS["scripted"] = "tests.generation.cast.make_broken_provider"
    assert generate("Tying knots", *SMALL).code == 3
    run = GenerationRun.objects.get()
    again = generate("--resume", str(run.pk), "--format", "json")
    assert again.code == 3
    (failure,) = json.loads(again.said)["failures"]
    assert (failure["artifact"], failure["concept"]) == ("quiz", "The knot c02")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopping_saves_what_is_finished_and_tells_how_to_go_on(
    scripted: None, stop: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, str(SLOW), "generate_roadmap", "Tying knots", *SMALL],
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
    assert generate("--resume", str(run.pk)).code == 0
    assert_complete(run.pk, 4)


def test_it_refuses_an_overcommitted_budget_before_connecting(manage: Manage) -> None:
    outcome = manage(
        "generate_roadmap",
        BUILT_IN,
        ROLE_WEB_CONNECTIONS="60",
        DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/nothing",
    )
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert "(4 processes + 0 overlap) x 61 + 0 main = 244" in outcome.stderr


@pytest.mark.parametrize(
    "command", ["connection_budget", pytest.param("check", marks=pytest.mark.wide)]
)
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
