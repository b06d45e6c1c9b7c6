"""A run that cannot be begun stops and says why, instead of being begun for ever."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from connection_budget.lanes.executor import DbExecutor
from generation import tasks
from generation.models import GenerationEvent, GenerationRun
from generation.puller import runner
from generation.puller.starts import FAILED, count_failed_start
from generation.run_states import OPEN, RunState
from generation.runs import lifecycle
from generation.runs.claims import claim_run, give_up_work
from generation.runs.sweeping import list_neglected_runs
from tests.generation.cast import ScriptedProvider, make_outline, open_run

pytestmark = pytest.mark.django_db(transaction=True)

ELSEWHERE = "http://model.example/v1"
SOCKS = {"ALL_PROXY": "socks5://127.0.0.1:1080", "NO_PROXY": "other.example"}
# Where a test stops counting.
LAST = 20
Task = Callable[[str], object]


class Reluctant(ScriptedProvider):
    def __init__(self) -> None:
        super().__init__(make_outline(4))

    async def __aenter__(self) -> None:
        raise RuntimeError("no ink")

    async def __aexit__(self, *_: object) -> None:
        raise AssertionError("never opened")


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, db_executor: DbExecutor, settings: Settings) -> None:
    """This process works on runs as a worker's child does."""
    monkeypatch.setattr(runner, "process_executor", lambda: db_executor)
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.LLM_BASE_URL, settings.LLM_MODEL = ELSEWHERE, "bee-1"


def ordered(provider: str) -> uuid.UUID:
    run_id = open_run(ScriptedProvider(make_outline(4)))
    GenerationRun.objects.filter(pk=run_id).update(provider=provider)
    return run_id


def planner_dies(run_id: uuid.UUID) -> bool:
    """Whether it had been let in."""
    return claim_run(run_id, uuid.uuid4(), lease_seconds=-1) is not None


@pytest.mark.parametrize("task", [tasks.start_run, tasks.pull_artifacts])
@pytest.mark.parametrize(
    ("provider", "path", "model", "words"),
    [
        ("openai", None, "bee-1", "ALL_PROXY names a SOCKS proxy"),
        ("openai", None, "", "LLM_MODEL must be set"),
        ("nobody", None, "", "CONTENT_PROVIDER is “nobody”"),
        ("missing", "tests.nowhere.Provider", "", "CONTENT_PROVIDERS gives “tests.nowhere.Prov"),
        ("missing", "tests.generation.cast.Nobody", "", "CONTENT_PROVIDERS gives “tests."),
        ("reluctant", f"{__name__}.Reluctant", "", "could not be set up (CONTENT_PROVIDER)"),
    ],
)
def test_a_provider_that_cannot_be_had_pauses_the_run_and_says_why(  # noqa: PLR0917 - a table
    worker: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    task: Task,
    provider: str,
    path: str | None,
    model: str,
    words: str,
) -> None:
    for name, value in SOCKS.items():
        monkeypatch.setenv(name, value)
    settings.LLM_MODEL = model
    if path:
        settings.CONTENT_PROVIDERS = {provider: path}
    run_id = ordered(provider)
    task(str(run_id))
    run = GenerationRun.objects.get(pk=run_id)
    assert (run.state, words in run.reason) == (RunState.PAUSED, True), run.reason
    assert run_id not in [neglected.run_id for neglected in list_neglected_runs()]


def test_the_page_of_such_a_run_says_so_and_names_the_variable_to_staff(
    worker: None, monkeypatch: pytest.MonkeyPatch, admin_client: Client
) -> None:
    monkeypatch.setenv("ALL_PROXY", SOCKS["ALL_PROXY"])
    run_id = ordered("openai")
    tasks.start_run(str(run_id))
    page = Client().get(f"/runs/{run_id}/").content.decode()
    assert "Paused. Nothing can be written here at the moment." in page
    assert "ALL_PROXY" not in page
    page = admin_client.get(f"/runs/{run_id}/").content.decode()
    assert "ALL_PROXY names a SOCKS proxy" in page


def test_the_command_says_so_in_a_sentence(worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", SOCKS["ALL_PROXY"])
    ordered_so = ("generate_roadmap", "Bees", "--provider=openai")
    told = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command(*ordered_so, stdout=StringIO(), stderr=told)
    assert (end.value.code, "ALL_PROXY names a SOCKS proxy" in told.getvalue()) == (1, True)
    with pytest.raises(CommandError, match="ALL_PROXY names a SOCKS proxy") as refusal:
        call_command(*ordered_so, "--dry-run", stdout=StringIO())
    assert refusal.value.returncode == 1


def test_a_start_that_fails_again_and_again_pauses_the_run(
    worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("generation.puller.pipeline.open_ledger", break_down)
    run_id, failed = ordered("catalogue"), 0
    while GenerationRun.objects.get(pk=run_id).state in OPEN and failed < LAST:
        with pytest.raises(RuntimeError, match="a bug"):
            tasks.start_run(str(run_id))
        failed += 1
    assert failed == lifecycle.MOST_STARTS
    assert GenerationRun.objects.get(pk=run_id).reason == FAILED
    [paused] = GenerationEvent.objects.filter(run=run_id, type="run_paused")
    assert paused.payload["detail"] == "RuntimeError('a bug')"


def test_starts_are_counted_anew_after_anything_happened() -> None:
    run_id = ordered("catalogue")
    for _ in range(2):
        for _ in range(lifecycle.MOST_STARTS - 1):
            assert not count_failed_start(run_id, "a bug")
        assert claim_run(run_id, uuid.uuid4(), lease_seconds=-1) is not None
    assert count_failed_start(uuid.uuid4(), "a bug") is False


def test_a_run_whose_planners_die_is_not_planned_for_ever() -> None:
    run_id, begun = ordered("catalogue"), 0
    while begun < LAST and planner_dies(run_id):
        begun += 1
    # The first one's claim is itself an event, after which the count begins.
    assert begun == lifecycle.MOST_STARTS + 1
    run = GenerationRun.objects.get(pk=run_id)
    assert (run.state, run.reason) == (RunState.PAUSED, lifecycle.NEVER_PLANNED)
    lifecycle.resume_run(run_id)
    assert planner_dies(run_id)


def test_a_planner_that_is_told_to_stop_does_not_count() -> None:
    run_id = ordered("catalogue")
    for _ in range(3 * lifecycle.MOST_STARTS):
        planner = uuid.uuid4()
        assert claim_run(run_id, planner, lease_seconds=30) is not None
        give_up_work(run_id, planner)


def test_a_visitor_is_told_politely_where_nobody_can_write(settings: Settings) -> None:
    settings.CONTENT_PROVIDERS, settings.CONTENT_PROVIDER = {"mine": "tests.nowhere.X"}, "mine"
    page = Client().post("/", {"goal": "Keeping bees"})
    assert page.status_code == 422
    assert "Nothing new can be written here just now." in page.content.decode()
    assert "CONTENT_PROVIDERS" not in page.content.decode()
    assert not GenerationRun.objects.exists()
