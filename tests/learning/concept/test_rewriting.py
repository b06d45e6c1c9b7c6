"""Having a part written anew: the form, who may, how often, and what the page says meanwhile."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from pytest_django import Settings

from concepts.bounds import INSTRUCTION_MAX_CHARACTERS
from concepts.content import ArtifactKind
from concepts.models import ArtifactVersion, Origin
from generation.models import GenerationRun
from generation.run_states import RunState
from generation.runs import lifecycle
from roadmaps.makers import MADE_ROADMAPS
from roadmaps.models import Visibility
from tests.generation.cast import artifact
from tests.generation.rewriters import Anew, open_anew
from tests.learning.concept.test_notes import address
from tests.learning.library import concept_page, make_ready
from tests.visitors import VISITORS, make_visitors

pytestmark = pytest.mark.django_db

WISH = "Explain it with ships."
LINK = "Have a part written anew"
WAITING = "A new version is being written. Until it is ready, this one is shown."


@pytest.fixture(autouse=True)
def somebody_writes(settings: Settings) -> None:
    settings.CONTENT_PROVIDERS = {"slow": "tests.generation.cast.make_small_provider"}
    settings.CONTENT_PROVIDER = "slow"


def maker_of(run: GenerationRun) -> Client:
    client = Client()
    session = client.session
    session[MADE_ROADMAPS] = [str(run.roadmap_id)]
    session.save()
    return client


def ask(client: Client, run: GenerationRun, **said: str) -> Any:
    form = {"part": "quiz", "instruction": WISH, "key": str(uuid.uuid4())} | said
    return client.post(address(run, "rewrite"), form)


def read(client: Client, run: GenerationRun) -> str:
    return str(client.get(concept_page(run)).content.decode())


def anew() -> list[GenerationRun]:
    return list(GenerationRun.objects.exclude(artifact=None).order_by("created_at"))


@pytest.mark.parametrize("kind", list(ArtifactKind))
def test_each_part_is_ordered_by_itself(admin_client: Client, kind: ArtifactKind) -> None:
    run = make_ready()
    answer = ask(admin_client, run, part=kind.value)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(concept_page(run))
    [new] = anew()
    assert (new.artifact, new.instruction) == (artifact(run.pk, "c02", kind), WISH)
    assert (new.provider, new.state) == ("scripted", RunState.QUEUED)


@pytest.mark.parametrize("visitor", VISITORS)
def test_the_way_there_is_shown_to_whoever_may(visitor: str) -> None:
    visitors = make_visitors()
    run = make_ready(owner=visitors.alice)
    assert (LINK in read(visitors.client(visitor), run)) is (visitor in {"alice", "staff"})
    theirs = make_ready(visibility=Visibility.UNLISTED)
    assert LINK in read(maker_of(theirs), theirs)
    assert LINK not in read(maker_of(run), theirs)


def test_looking_at_the_form_writes_nothing(admin_client: Client) -> None:
    run = make_ready()
    page = admin_client.get(address(run, "rewrite"))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert page.content.decode().count('type="radio"') == 3
    assert not anew()


def test_a_second_click_is_the_same_order(admin_client: Client) -> None:
    run, key = make_ready(), str(uuid.uuid4())
    assert [ask(admin_client, run, key=key).status_code for _ in range(3)] == [302] * 3
    assert len(anew()) == 1


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_are_one_order() -> None:
    run = make_ready()
    maker, key = maker_of(run), str(uuid.uuid4())

    def click(_: int) -> int:
        client = Client()
        client.cookies = maker.cookies
        try:
            return int(ask(client, run, key=key).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(click, range(4))) == {302}
    assert len(anew()) == 1
    connection.close()


def test_who_asks_for_another_meanwhile_is_told_that_it_is_under_way(admin_client: Client) -> None:
    run = make_ready()
    ask(admin_client, run)
    answer = ask(admin_client, run, instruction="Another wish")
    assert answer.status_code == 409
    assert "A new version is being written already." in answer.content.decode()
    assert len(anew()) == 1
    assert ask(admin_client, run, part="tutorial").status_code == 302


@pytest.mark.parametrize(
    "said",
    [
        {"instruction": ""},
        {"instruction": " \n "},
        {"instruction": "\x00"},
        {"instruction": "\u202e \u2066\u200f"},
        {"instruction": "x" * (INSTRUCTION_MAX_CHARACTERS + 1)},
        {"part": ""},
        {"part": "exam"},
        {"key": "mine"},
    ],
)
def test_what_is_no_order_is_refused_with_the_form(
    admin_client: Client, said: dict[str, str]
) -> None:
    answer = ask(admin_client, make_ready(), **said)
    assert answer.status_code == 422
    assert not anew()


def test_lines_count_as_people_count_them(admin_client: Client) -> None:
    run = make_ready()
    lines = "\r\n".join(["x"] * (INSTRUCTION_MAX_CHARACTERS // 2))
    assert ask(admin_client, run, instruction=lines).status_code == 302
    assert anew()[0].instruction == lines.replace("\r\n", "\n")


def test_a_forged_form_orders_nothing() -> None:
    visitors = make_visitors()
    run = make_ready(owner=visitors.alice)
    client = Client(enforce_csrf_checks=True)
    client.force_login(visitors.alice)
    assert ask(client, run).status_code == 403
    assert not anew()


def test_it_counts_as_an_order(settings: Settings) -> None:
    settings.ANONYMOUS_ROADMAPS_PER_DAY = 2
    run = make_ready(visibility=Visibility.UNLISTED)
    maker, key = maker_of(run), str(uuid.uuid4())
    assert ask(maker, run, part="tutorial").status_code == 302
    assert ask(maker, run, part="quiz", key=key).status_code == 302
    refused = ask(maker, run, part="resources")
    assert refused.status_code == 429
    assert "That is as much as can be asked for in a day." in refused.content.decode()
    assert ask(maker, run, part="quiz", key=key).status_code == 302
    assert len(anew()) == 2


def test_no_more_are_under_way_at_a_time_than_orders_may_be(settings: Settings) -> None:
    settings.OPEN_RUNS_PER_PERSON = 1
    run = make_ready(visibility=Visibility.UNLISTED)
    maker = maker_of(run)
    assert [ask(maker, run, part=part).status_code for part in ("quiz", "tutorial")] == [302, 429]


def test_where_visitors_may_not_order_they_are_told_so(settings: Settings) -> None:
    settings.ANONYMOUS_ROADMAPS_PER_DAY = 0
    run = make_ready(visibility=Visibility.UNLISTED)
    answer = ask(maker_of(run), run)
    assert answer.status_code == 403
    assert "you need an account here" in answer.content.decode()


@pytest.mark.parametrize(
    ("provider", "path"), [("catalogue", None), ("openai", "no.such.Provider")]
)
def test_without_a_model_the_page_says_that_it_is_not_possible(
    admin_client: Client, settings: Settings, provider: str, path: str | None
) -> None:
    settings.CONTENT_PROVIDER, settings.CONTENT_PROVIDERS = provider, {provider: path}
    run = make_ready()
    page = admin_client.get(address(run, "rewrite")).content.decode()
    assert "nothing can be written anew either" in page
    assert "textarea" not in page
    assert "CONTENT_" not in page
    assert ask(admin_client, run).status_code == 422
    assert not anew()


def test_what_is_built_in_nobody_has_written_anew_and_the_page_says_why(
    admin_client: Client,
) -> None:
    run = make_ready()
    ArtifactVersion.objects.update(origin=Origin.AUTHORED)
    page = admin_client.get(address(run, "rewrite")).content.decode()
    assert page.count("This is built in: no model wrote it") == 1
    assert "textarea" not in page
    assert ask(admin_client, run).status_code == 409
    assert not anew()


def test_the_old_version_is_shown_until_the_new_one_is_ready(client: Client) -> None:
    run = make_ready()
    new = Anew(open_anew(run, ArtifactKind.TUTORIAL, WISH))
    before = client.get(concept_page(run))
    text = before.content.decode()
    assert WAITING in text
    assert "Tying c02</" in text
    new.write()
    after = client.get(concept_page(run), headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "Tying c02-anew</" in after.content.decode()
    assert WAITING not in after.content.decode()
    assert WISH not in after.content.decode()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (RunState.FAILED, "The new version could not be written. It is too long."),
        (RunState.PAUSED, "The new version is not written yet. Nothing can be written here"),
        (RunState.CANCELLED, "The new version was not written: that was stopped."),
    ],
)
def test_whoever_may_is_told_that_there_is_no_new_version(
    admin_client: Client, client: Client, state: RunState, words: str
) -> None:
    run = make_ready()
    new = open_anew(run, ArtifactKind.TUTORIAL, WISH)
    Anew(new).claim()
    lifecycle.stop_run(new, state, "It is too long.")
    page = read(admin_client, run)
    assert words in page
    assert "Tying c02</" in page
    assert "new version" not in read(client, run)
    assert ask(admin_client, run, part="tutorial").status_code == 302


def test_a_reason_for_operators_is_not_told(admin_client: Client) -> None:
    run = make_ready()
    new = open_anew(run, ArtifactKind.TUTORIAL, WISH)
    Anew(new).claim()
    lifecycle.stop_run(new, RunState.FAILED, "AuthenticationError: LLM_API_KEY")
    page = read(admin_client, run)
    assert "LLM_API_KEY" not in page
    assert "The new version could not be written. Something went wrong" in page


def test_the_roadmap_stays_ready_to_its_readers(client: Client) -> None:
    run = make_ready()
    before = client.get(run.roadmap.get_absolute_url()).content
    new = open_anew(run, ArtifactKind.TUTORIAL, WISH)
    assert client.get(run.roadmap.get_absolute_url()).content == before
    Anew(new).claim()
    lifecycle.stop_run(new, RunState.FAILED, "It is too long.")
    assert client.get(run.roadmap.get_absolute_url()).content == before


def test_the_page_of_such_a_run_tells_of_one_part(client: Client) -> None:
    run = make_ready()
    new = Anew(open_anew(run, ArtifactKind.QUIZ, WISH))
    page = client.get(f"/runs/{new.run_id}/").content.decode()
    assert "A new version of one part is being written." in page
    new.write()
    page = client.get(f"/runs/{new.run_id}/").content.decode()
    assert "The new version is ready." in page
    assert "The plan is being made." not in page
    told = client.get(f"/api/v1/runs/{new.run_id}").json()
    assert told["artifacts"] == {"total": 1, "ready": 1, "failed": 0}


def test_what_was_wished_is_shown_to_whoever_may_ask_again(admin_client: Client) -> None:
    run = make_ready()
    Anew(open_anew(run, ArtifactKind.TUTORIAL, WISH)).write()
    page = admin_client.get(address(run, "rewrite")).content.decode()
    assert page.count(WISH) == 1
