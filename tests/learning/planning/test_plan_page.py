"""A plan is looked at and changed on a page of plain forms, before anything of it is written."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from concepts.models import Concept
from generation.models import GenerationRun
from generation.port.outline import MOST_CONCEPTS
from generation.port.skeleton import Skeleton
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs import claims, plans
from learning.planning.changing import name_parts
from tests.learning.planning.planning import PLAN, form_of, make_planned, skeleton_of, whoever_made

pytestmark = pytest.mark.django_db


def address(run: GenerationRun) -> str:
    return f"/runs/{run.pk}/plan/"


def send(client: Client, run: GenerationRun, act: str = "save", **changes: Any) -> Any:
    said = {name.replace("_", "-"): value for name, value in changes.items()}
    return client.post(address(run), form_of(run, act, **said))


def keys(skeleton: Skeleton) -> list[list[str]]:
    return [[concept.key for concept in module.concepts] for module in skeleton.modules()]


def test_the_page_shows_the_plan_and_what_it_takes(client: Client, run: GenerationRun) -> None:
    page = client.get(address(run)).content.decode()
    for title in (PLAN.title, *(concept.title for concept in PLAN.concepts())):
        assert f'value="{title}"' in page
    assert re.search(r"<dt>Concepts</dt><dd>8</dd>", page)
    assert "about 5 hours" in page
    assert "if you have 5 hours a week" in page
    assert re.search(r"about [\d,]+ tokens", page)
    assert run.roadmap.concepts.count() == 0


def test_the_learners_own_pace_tells_when_it_is_finished(
    client: Client, run: GenerationRun
) -> None:
    run.roadmap.hours_per_week = 2
    run.roadmap.save()
    assert "at 2 hours a week" in client.get(address(run)).content.decode()


def test_one_form_saves_all_that_was_typed(client: Client, run: GenerationRun) -> None:
    answer = send(
        client, run, title_c1="Bowline", title_s0="Cordage", title="My knots", level="advanced",
        known=["c2", "c3"],
    )  # fmt: skip
    assert answer.status_code == 302
    plan = skeleton_of(run)
    assert [one.title for one in plan.concepts()][:2] == ["Bowline", "The knot 2"]
    assert [one.key for one in plan.concepts() if one.known] == ["c2", "c3"]
    assert (plan.stages[0].title, plan.title, plan.level) == ("Cordage", "My knots", "advanced")


def test_a_button_takes_along_what_was_typed(client: Client, run: GenerationRun) -> None:
    answer = send(client, run, "up:c2", title_c5="Splices")
    assert answer.headers["Location"].endswith("/plan/#c2")
    plan = skeleton_of(run)
    assert keys(plan)[0] == ["c2", "c1"]
    assert plan.concepts()[4].title == "Splices"


@pytest.mark.parametrize(
    ("act", "changes", "order"),
    [
        ("down:c2", {}, [["c1"], ["c2", "c3", "c4"], ["c5", "c6"], ["c7", "c8"]]),
        ("drop:c2", {}, [["c1"], ["c3", "c4"], ["c5", "c6"], ["c7", "c8"]]),
        ("drop:s0", {}, [["c5", "c6"], ["c7", "c8"]]),
        ("down:m0-0", {}, [["c3", "c4"], ["c1", "c2"], ["c5", "c6"], ["c7", "c8"]]),
        ("move", {"move": "c1", "into": "m1-1"}, [["c2"], ["c3", "c4"], ["c5", "c6"],
                                                  ["c7", "c8", "c1"]]),
        ("add", {"new_concept": "Splices", "where": "m0-1"},
         [["c1", "c2"], ["c3", "c4", "c9"], ["c5", "c6"], ["c7", "c8"]]),
        ("add", {"new_concept": "Splices", "new_module": "Splicing", "where": "m0-1"},
         [["c1", "c2"], ["c3", "c4"], ["c9"], ["c5", "c6"], ["c7", "c8"]]),
        ("add", {"new_concept": "Splices", "new_stage": "Splicing", "where": "m0-1"},
         [["c1", "c2"], ["c3", "c4"], ["c5", "c6"], ["c7", "c8"], ["c9"]]),
    ],
)  # fmt: skip
def test_parts_are_moved_left_out_and_added(
    client: Client, run: GenerationRun, act: str, changes: dict[str, str], order: list[list[str]]
) -> None:
    assert send(client, run, act, **changes).status_code == 302
    assert keys(skeleton_of(run)) == order


@pytest.mark.parametrize(
    ("act", "changes", "said"),
    [
        ("save", {"title_c1": " "}, "A title is missing."),
        ("save", {"title_c1": "The knot 2"}, "Two concepts would be called “The knot 2”."),
        ("save", {"title_c1": "x" * 301}, "A title has no more than 300 characters."),
        ("save", {"title_c1": "a\x00b"}, "is no title"),
        ("save", {"level": "expert"}, "That is no level."),
        ("drop:c99", {}, "That part of the plan is not there any more."),
        ("move", {"move": "c1", "into": "nowhere"}, "not there any more"),
        ("add", {"new_module": "Empty", "where": "m0-0"}, "A title is missing."),
        ("write", {"known": [f"c{n}" for n in range(1, 9)]}, "has to be new to you"),
        ("anew", {"wish": " "}, "Say what is missing"),
        ("anew", {"wish": "x" * 2_001}, "longer than 2,000 characters"),
    ],
)
def test_what_would_leave_no_plan_is_told_and_changes_nothing(
    client: Client, run: GenerationRun, act: str, changes: dict[str, str], said: str
) -> None:
    answer = send(client, run, act, **changes)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert skeleton_of(run) == PLAN
    assert GenerationRun.objects.get(pk=run.pk).state == RunState.PLANNED


def test_what_was_typed_is_still_there_when_it_cannot_be_saved(
    client: Client, run: GenerationRun
) -> None:
    typed = {
        "title": "Knots for ever",
        "level": "advanced",
        "title_s1": "A stage",
        "wish": "More",
        "title_m0-1": "A module",
        "title_c1": "A concept",
        "title_c2": "A concept",
        "known": ["c3"],
        "new_concept": "One more",
        "where": "m1-0",
    }
    answer = send(client, run, "save", **typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Two concepts would be called “A concept”." in page
    for title in ("Knots for ever", "A stage", "A module", "A concept", "One more"):
        assert f'value="{title}"' in page, title
    for chosen in ('value="advanced" selected', 'value="m1-0" selected', 'value="c3" checked'):
        assert chosen in page
    assert re.search(r"<textarea[^>]*>More</textarea>", page)
    assert skeleton_of(run) == PLAN


def test_all_that_a_stale_form_held_is_listed_and_nothing_else(
    client: Client, run: GenerationRun
) -> None:
    """A browser sends every field: also titles that were changed in the other tab."""
    said = {f"title-{name}": title for name, title in name_parts(PLAN)} | {"title": PLAN.title}
    old = form_of(run, **said, wish="More practice")
    send(client, run, "drop:c4", title_c2="Said first", title_s0="Stage said first")
    typed = {"title-c4": "Gone meanwhile", "title-m0-0": "A module", "title": "All of it"}
    page = client.post(address(run), old | typed).content.decode()
    listed = re.findall(r"<q>(.*?)</q> → <q>(.*?)</q>", page)
    assert listed == [
        ("Title", "All of it"), ("Module", "A module"), ("Concept", "Gone meanwhile")
    ]  # fmt: skip
    assert re.search(r"<textarea[^>]*>More practice</textarea>", page)


def test_the_form_of_the_largest_plan_can_be_sent() -> None:
    stages = [
        {
            "title": f"S{n}x",
            "modules": [{"title": "M", "concepts": [{"key": f"c{n}", "title": f"C{n}x"}]}],
        }
        for n in range(1, MOST_CONCEPTS + 1)
    ]
    largest = make_planned(Skeleton.model_validate(PLAN.model_dump() | {"stages": stages}))
    fields = {f"title-{name}": title for name, title in name_parts(skeleton_of(largest))}
    known = [f"c{n}" for n in range(1, MOST_CONCEPTS)]
    said = form_of(largest, "save", **fields) | {"known": known}
    assert whoever_made(largest).post(address(largest), said).status_code == 302


def test_a_plan_made_anew_counts_as_an_order(
    client: Client, run: GenerationRun, settings: Settings
) -> None:
    settings.ANONYMOUS_ROADMAPS_PER_DAY = 1
    assert send(client, run, "anew", wish="More practice").status_code == 302
    assert plans.keep_plan(GenerationRun.objects.get(pk=start(run)), PLAN)
    answer = send(client, run, "anew", wish="Less theory", title_c1="Bowline")
    page = answer.content.decode()
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 3_600
    assert "You can ask for another plan in " in page
    assert 'value="Bowline"' in page
    assert ">Less theory</textarea>" in page
    assert skeleton_of(run) == PLAN
    # What cannot be planned anew can be written.
    assert send(client, run, "write").status_code == 302


def test_what_came_to_nothing_is_told_with_the_plan_as_it_was(
    client: Client, run: GenerationRun
) -> None:
    send(client, run, "anew", wish="Only explosives")
    puller = uuid.uuid4()
    claims.claim_run(run.pk, puller, lease_seconds=30)
    assert plans.keep_former_plan(run.pk, puller, "Nobody plans that.", spent=Spent())
    page = client.get(address(run)).content.decode()
    assert "This is the plan as it was" in page
    assert ">Only explosives</textarea>" in page
    assert 'value="The knot 1"' in page
    send(client, run, title_c1="Bowline")
    assert "This is the plan as it was" not in client.get(address(run)).content.decode()


def start(run: GenerationRun) -> uuid.UUID:
    assert claims.claim_run(run.pk, uuid.uuid4(), lease_seconds=30)
    return run.pk


def test_two_tabs_do_not_overwrite_each_other_silently(client: Client, run: GenerationRun) -> None:
    old = form_of(run, **{"title-c1": "Typed in the second tab"})
    assert send(client, run, title_c2="Said in the first tab").status_code == 302
    answer = client.post(address(run), old)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "“The knot 2” is called “Said in the first tab” now." in page
    assert "<q>The knot 1</q> → <q>Typed in the second tab</q>" in page
    assert skeleton_of(run).concepts()[0].title == "The knot 1"
    # The form that is shown is that of the plan as it is now.
    assert 'name="version" value="2"' in page
    assert 'value="Said in the first tab"' in page


@pytest.mark.parametrize("act", ["write", "anew", "discard", "up:c2"])
def test_nothing_is_done_to_a_plan_nobody_has_seen(
    client: Client, run: GenerationRun, act: str
) -> None:
    old = form_of(run, act, wish="More of it")
    send(client, run, title_c2="Changed")
    assert client.post(address(run), old).status_code == 409
    assert GenerationRun.objects.get(pk=run.pk).state == RunState.PLANNED


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "١"])
def test_a_version_that_is_none_is_stale(client: Client, run: GenerationRun, version: str) -> None:
    assert client.post(address(run), form_of(run) | {"version": version}).status_code == 409


def test_write_it_makes_rows_of_the_plan_with_the_last_changes(
    client: Client,
    run: GenerationRun,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as enqueued:
        answer = send(client, run, "write", title_c1="Bowline")
    run.refresh_from_db()
    assert (answer.status_code, run.state) == (302, RunState.QUEUED)
    titles = Concept.objects.filter(roadmap=run.roadmap_id).order_by("position")
    assert next(iter(titles)).title == "Bowline"
    assert titles.count() == 8
    assert len(enqueued) >= 1
    assert client.get(address(run)).status_code == 302


def test_a_wish_has_it_planned_anew_from_this_plan(client: Client, run: GenerationRun) -> None:
    send(client, run, "anew", wish="More practice, less theory", title_c1="Bowline")
    run.refresh_from_db()
    assert (run.state, run.plan_wish) == (RunState.QUEUED, "More practice, less theory")
    assert Skeleton.model_validate(run.skeleton).concepts()[0].title == "Bowline"
    assert run.roadmap.concepts.count() == 0


def test_a_discarded_plan_is_gone(client: Client, run: GenerationRun) -> None:
    assert send(client, run, "discard").status_code == 302
    run.refresh_from_db()
    assert (run.state, run.skeleton) == (RunState.CANCELLED, None)
    assert client.get(address(run)).status_code == 302


def test_whoever_watches_the_run_is_led_to_the_plan(client: Client, run: GenerationRun) -> None:
    for page in (run.get_absolute_url(), run.roadmap.get_absolute_url()):
        assert f'href="{address(run)}"' in client.get(page).content.decode(), page
    # Others see that it waits, and no button.
    stranger = Client().get(run.roadmap.get_absolute_url()).content.decode()
    assert "The plan waits for a word" in stranger
    assert address(run) not in stranger


def test_resuming_a_planned_run_means_write_it(client: Client, run: GenerationRun) -> None:
    client.post(f"{run.roadmap.get_absolute_url()}-/resume/")
    run.refresh_from_db()
    assert run.state == RunState.QUEUED
    assert Concept.objects.filter(roadmap=run.roadmap_id).count() == 8


def test_what_models_and_people_wrote_is_text(client: Client, run: GenerationRun) -> None:
    send(client, run, title_c1='<b>"x"</b> & co')
    assert plans.find_plan(run.pk)
    page = client.get(address(run)).content.decode()
    assert "<b>" not in page
    assert "&lt;b&gt;&quot;x&quot;&lt;/b&gt; &amp; co" in page
