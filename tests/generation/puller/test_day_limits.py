"""A run that meets the limit of a day waits for the next one; nobody orders on a spent day."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from connection_budget.lanes.executor import DbExecutor
from generation.models import GenerationRun, ModelCallRecord
from generation.port.allowances import day_of, next_day
from generation.port.calls import Ceiling
from generation.puller.patience import PatientDb
from generation.puller.pipeline import pull
from generation.puller.purse import Purse
from generation.run_states import RunState
from generation.runs.allowances import site_allowance
from generation.runs.progress import get_run_progress
from generation.runs.reservations import Bill
from generation.runs.sweeping import sweep
from generation.spent_models import DaySpending, Reservation
from tests.generation.api.calls import API, error_of, generate
from tests.generation.cast import get_run, make_outline, open_run
from tests.generation.paying import ARTIFACT_TOKENS, OUTLINE_TOKENS, PayingProvider
from tests.generation.puller.test_run_budget import QUICK
from tests.waiting import until

TEN = OUTLINE_TOKENS + 10 * ARTIFACT_TOKENS


@pytest.fixture
def ada(transactional_db: None) -> User:
    return User.objects.create_user(
        "ada@example.com", max_tokens_per_day=TEN, time_zone="Asia/Shanghai"
    )


@pytest.fixture
def paused(ada: User, db_executor: DbExecutor) -> uuid.UUID:
    """A run that ten of its parts and its plan have brought to the end of its owner's day."""
    provider = PayingProvider(make_outline(8))
    run_id = open_run(provider, owner=ada)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=QUICK))
    assert state == RunState.PAUSED
    return run_id


def pass_a_day(run_id: uuid.UUID) -> None:
    """As if it had all been a day ago."""
    for row in DaySpending.objects.all():
        row.day -= timedelta(days=1)
        row.save()
    yesterday = timezone.now() - timedelta(days=1)
    ModelCallRecord.objects.update(at=F("at") - timedelta(days=1))
    GenerationRun.objects.filter(pk=run_id).update(
        resumes_at=timezone.now() - timedelta(seconds=1), created_at=yesterday
    )


def test_a_run_pauses_with_the_last_call_of_its_owners_day_and_says_until_when(
    paused: uuid.UUID, ada: User, client: Client
) -> None:
    run = get_run(paused)
    row = DaySpending.objects.get(scope=f"user:{ada.pk}")
    assert (row.tokens, row.assumed_tokens, row.day) == (TEN, 0, day_of(timezone.now()))
    assert get_run_progress(paused).ready == 10
    assert run.resumes_at == next_day(timezone.now())
    assert "the account's own limit of tokens a day (in the admin) is 600" in run.reason
    client.force_login(ada)
    told = client.get(f"{API}/runs/{paused}").json()["reason"]
    assert told == (
        "As much is written as may be in a day. It goes on by itself at 08:00 (Asia/Shanghai); "
        "nothing that is written gets lost."
    )


def test_it_goes_on_by_itself_when_the_day_is_over_and_once(
    paused: uuid.UUID, db_executor: DbExecutor
) -> None:
    GenerationRun.objects.filter(pk=paused).update(created_at=timezone.now() - timedelta(hours=1))
    assert sweep() == []
    pass_a_day(paused)
    assert [run.run_id for run in sweep()] == [paused]
    run = get_run(paused)
    assert (run.state, run.reason, run.resumes_at) == (RunState.QUEUED, "", None)
    sweep()
    assert [event.type for event in run.events.order_by("seq")].count("run_resumed") == 1
    provider = PayingProvider(make_outline(8))
    state = asyncio.run(pull(paused, provider=provider, db=db_executor, limits=QUICK))
    assert state == RunState.READY
    assert (provider.outlines, provider.calls.total()) == (0, 14)


def test_a_run_that_somebody_stopped_meanwhile_stays_so(paused: uuid.UUID) -> None:
    GenerationRun.objects.filter(pk=paused).update(state=RunState.CANCELLED)
    pass_a_day(paused)
    assert sweep() == []
    assert get_run(paused).state == RunState.CANCELLED


@pytest.fixture
def model(settings: Settings) -> None:
    settings.CONTENT_PROVIDER, settings.LLM_MODEL = "openai", "bee-1"


@pytest.mark.usefixtures("model")
def test_nobody_orders_or_resumes_on_a_spent_day(
    paused: uuid.UUID, ada: User, client: Client
) -> None:
    client.force_login(ada)
    GenerationRun.objects.filter(pk=paused).update(provider="openai")
    runs = GenerationRun.objects.count()
    wish = {"user_request": "Keeping bees"}
    for answer in (generate(client, wish), client.post(f"{API}/runs/{paused}/resume")):
        assert answer.status_code == 429
        left = (next_day(timezone.now()) - timezone.now()).total_seconds()
        assert abs(int(answer.headers["Retry-After"]) - left) < 60
        assert (
            "As much has been written for you today as may be in a day"
            in (error_of(answer)["message"])
        )
        assert "Asia/Shanghai" in error_of(answer)["message"]
    page = client.post("/", {"goal": "Keeping bees"})
    assert page.status_code == 429
    assert "As much has been written for you today" in page.content.decode()
    assert GenerationRun.objects.count() == runs
    assert get_run(paused).state == RunState.PAUSED


@pytest.mark.usefixtures("model")
def test_a_limit_of_nothing_is_closed_and_not_for_a_while(ada: User, client: Client) -> None:
    client.force_login(ada)
    User.objects.update(max_cost_usd_per_day=Decimal())
    answer = generate(client, {"user_request": "Keeping bees"})
    assert answer.status_code == 403
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize(
    ("used", "words"),
    [
        (0, "Nothing of what may be written for you in a day is used yet."),
        (30, "Little of what may"),
        (150, "About a quarter of what may"),
        (300, "About half of what may"),
        (450, "About three quarters of what may"),
        (590, "Nearly all that may"),
        (900, "All that may be written for you in a day is used; it begins anew at 08:00"),
    ],
)
def test_a_learner_reads_their_share_in_words(
    ada: User, client: Client, used: int, words: str
) -> None:
    DaySpending.objects.create(scope=f"user:{ada.pk}", day=day_of(timezone.now()), tokens=used)
    client.force_login(ada)
    assert words in client.get("/learning/").content.decode()
    User.objects.update(max_tokens_per_day=None)
    assert "written for you in a day" not in client.get("/learning/").content.decode()


@pytest.mark.django_db(transaction=True)
async def test_who_waits_for_anothers_bill_goes_on_as_soon_as_it_is_there(
    db_executor: DbExecutor, settings: Settings
) -> None:
    settings.SITE_MAX_TOKENS_PER_DAY = 100
    patient = PatientDb(db_executor, seconds=20)
    first, second, third = (uuid.uuid4() for _ in range(3))
    async with Purse(patient, lambda: [site_allowance()]) as purse:
        await purse.reserve(first, Ceiling(80))
        waiting = asyncio.create_task(purse.reserve(second, Ceiling(80)))
        gone = asyncio.create_task(purse.reserve(third, Ceiling(80)))
        await asyncio.sleep(0)
        gone.cancel()
        assert purse.settle(Bill(first, 10), None)
        give_back = await waiting
        give_back()
        await until(lambda: not purse._held)
    held = await db_executor.run(Reservation.objects.count)
    assert held == 0
    [row] = await db_executor.run(lambda: list(DaySpending.objects.all()))
    assert row.tokens == 10


@pytest.mark.django_db(transaction=True)
async def test_without_a_limit_no_unit_runs_for_a_call(db_executor: DbExecutor) -> None:
    patient = PatientDb(db_executor, seconds=20)
    async with Purse(patient, list) as purse:
        before = db_executor.statistics().started
        for _ in range(20):
            await purse.reserve(uuid.uuid4(), Ceiling(80))
        assert not purse.settle(Bill(uuid.uuid4(), 10), None)
        assert db_executor.statistics().started == before
