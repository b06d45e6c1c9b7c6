"""Minutes in three: what a plan says of lesson and practice, what is linked to be read besides, and
the same sums wherever they are told."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation

from accounts.models import User
from concepts.content import ArtifactKind, ResourcesContent
from concepts.models import Artifact, Concept
from generation.models import GenerationRun
from generation.port.outline import Outline
from learning.belongings.export import export_account
from learning.sharing.copying import copy_roadmap
from learning.templatetags.content import duration
from tests.generation.cast import make_content, make_outline
from tests.generation.rewriters import Anew, open_anew
from tests.learning.library import QuickProvider, concept_page, make_ready, open_order

pytestmark = pytest.mark.django_db

# Of c01 to c04, who take 20 minutes each: nobody said what c03 practises.
PRACTICE: list[int | None] = [0, 5, None, 20]
READING = [30, 0, 45, 7]
THREE = {"minutes": 80, "lesson_minutes": 45, "practice_minutes": 35, "reading_minutes": 82}
WORDS = "lesson 45 min · practice 35 min optional reading 1 h 22 min"


def plan() -> Outline:
    outline = make_outline(4).model_dump()
    concepts = [one for stage in outline["stages"] for one in stage["modules"][0]["concepts"]]
    for concept, practice in zip(concepts, PRACTICE, strict=True):
        concept["practice_minutes"] = practice
    return Outline.model_validate(outline)


def links(key: str, minutes: int) -> ResourcesContent:
    """Of three links one says how long it takes; none says so where that is nothing."""
    content = make_content(ArtifactKind.RESOURCES, key)
    assert isinstance(content, ResourcesContent)
    first, *rest = content.resources
    return ResourcesContent(
        resources=[first.model_copy(update={"minutes": minutes or None}), *rest]
    )


def provider() -> QuickProvider:
    content = {
        (f"c0{number}", ArtifactKind.RESOURCES): links(f"c0{number}", minutes)
        for number, minutes in enumerate(READING, start=1)
    }
    return QuickProvider(plan(), content=content)


_TAG = re.compile(r"<[^<>]*>")


def said(html: str) -> str:
    """The words of a page, with a plain space between any two."""
    return " ".join(_TAG.sub(" ", html).split())


@pytest.fixture
def run() -> GenerationRun:
    return make_ready(provider())


def times_in(run: GenerationRun) -> list[tuple[int, int, int, int]]:
    concepts = Concept.objects.filter(roadmap=run.roadmap_id).order_by("position")
    names = ("est_minutes", "lesson_minutes", "practice_minutes", "reading_minutes")
    return list(concepts.values_list(*names))


def told(answer: dict[str, Any]) -> dict[str, int]:
    return {name: answer[name] for name in THREE}


def test_a_plan_is_saved_with_its_practice_and_by_halves_where_it_says_nothing(
    run: GenerationRun,
) -> None:
    assert times_in(run) == [(20, 20, 0, 30), (20, 15, 5, 0), (20, 10, 10, 45), (20, 0, 20, 7)]


def test_before_its_links_are_there_a_plans_own_word_on_reading_stands() -> None:
    outline = plan().model_dump()
    outline["stages"][0]["modules"][0]["concepts"][0]["reading_minutes"] = 25
    scribe = open_order(QuickProvider(Outline.model_validate(outline)))
    scribe.plan()
    run = GenerationRun.objects.get(pk=scribe.run_id)
    assert [reading for *_, reading in times_in(run)] == [25, 0, 0, 0]
    scribe.write_all()
    assert [reading for *_, reading in times_in(run)] == [0, 0, 0, 0]


def test_a_list_of_links_written_anew_brings_its_own_reading(run: GenerationRun) -> None:
    new = Anew(open_anew(run, ArtifactKind.RESOURCES, "Shorter ones.", key="c03"))
    assert new.write()
    assert [reading for *_, reading in times_in(run)] == [30, 0, 0, 7]


@pytest.mark.parametrize("kind", [ArtifactKind.TUTORIAL, ArtifactKind.QUIZ])
def test_other_parts_written_anew_leave_the_minutes_alone(
    run: GenerationRun, kind: ArtifactKind
) -> None:
    before = times_in(run)
    assert Anew(open_anew(run, kind, "Shorter.", key="c03")).write()
    assert times_in(run) == before


def test_practice_is_never_more_than_there_is(run: GenerationRun) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Concept.objects.update(practice_minutes=21)
    Concept.objects.update(est_minutes=30)
    assert [lesson + practice for _, lesson, practice, _ in times_in(run)] == [30] * 4


def test_the_page_of_a_roadmap_tells_them_apart(client: Client, run: GenerationRun) -> None:
    page = client.get(run.roadmap.get_absolute_url()).content.decode()
    assert WORDS in said(page)
    first, second = map(said, page.split('<section class="stage"')[1:])
    assert "lesson 35 min · practice 5 min optional reading 30 min" in first
    assert "lesson 10 min · practice 30 min optional reading 52 min" in second


def test_the_page_of_a_concept_tells_them_apart(client: Client, run: GenerationRun) -> None:
    """What nobody has to read stands with the links, where it frightens nobody."""
    for key, (head, resources) in {
        "c01": ("lesson 20 min · difficulty 2 of 5", "Optional: about 30 min in all."),
        "c02": ("lesson 15 min · practice 5 min · difficulty 2 of 5", ""),
        "c03": ("lesson 10 min · practice 10 min · difficulty 2 of 5", "about 45 min in all."),
        "c04": ("practice 20 min · difficulty 2 of 5", "Optional: about 7 min in all."),
    }.items():
        page = said(client.get(concept_page(run, key)).content.decode())
        before, _, after = page.rpartition(" Resources ")
        assert head in before
        assert "optional" not in before
        assert resources in after
        assert resources or "Optional" not in after


def test_the_list_of_roadmaps_tells_them_apart(client: Client, run: GenerationRun) -> None:
    assert WORDS in said(client.get("/").content.decode())


def test_no_line_ends_between_a_number_and_its_unit() -> None:
    assert duration(85) == "1\u00a0h\u00a025\u00a0min"
    assert duration(700) == "12\u00a0h"
    with translation.override("zh-hans"):
        assert duration(25) == "25\u00a0分\u2060钟"


def test_programs_are_told_the_same(client: Client, run: GenerationRun) -> None:
    [line] = client.get("/api/v1/roadmaps").json()["roadmaps"]
    whole = client.get(f"/api/v1/roadmaps/{run.roadmap_id}").json()
    assert told(line) == told(whole) == THREE
    concepts = [
        concept
        for stage in whole["stages"]
        for module in stage["modules"]
        for concept in module["concepts"]
    ]
    assert {name: sum(one[name] for one in concepts) for name in THREE} == THREE
    for concept in concepts:
        address = f"/api/v1/roadmaps/{run.roadmap_id}/concepts/{concept['id']}"
        assert told(client.get(address).json()) == told(concept)


def test_ones_own_data_tells_the_same() -> None:
    owner = User.objects.create_user("ada@knots.example", "rope-and-twine")
    make_ready(provider(), owner=owner)
    assert told(export_account(owner)["roadmaps"][0]) == THREE


def test_a_copy_takes_as_long(run: GenerationRun) -> None:
    copy = copy_roadmap(run.roadmap, owner=None)
    names = ("est_minutes", "lesson_minutes", "practice_minutes", "reading_minutes")
    copied = Concept.objects.filter(roadmap=copy).order_by("position").values_list(*names)
    assert list(copied) == times_in(run)


def test_a_roadmap_without_a_plan_takes_no_time(client: Client) -> None:
    owner = User.objects.create_user("ada@knots.example", "rope-and-twine")
    scribe = open_order(provider(), owner=owner)
    client.force_login(owner)
    assert "lesson" not in client.get("/").content.decode().split('<ul class="cards">')[1]
    [line] = client.get("/api/v1/roadmaps?whose=own").json()["roadmaps"]
    assert set(told(line).values()) == {0}
    assert not Artifact.objects.filter(concept__roadmap__runs=scribe.run_id).exists()


def test_the_sum_that_a_roadmap_keeps_is_that_of_lesson_and_practice(run: GenerationRun) -> None:
    run.roadmap.refresh_from_db()
    assert run.roadmap.minutes == THREE["minutes"]


def test_what_an_upgrade_finds_keeps_its_sum_and_is_told_its_reading(run: GenerationRun) -> None:
    Concept.objects.update(practice_minutes=0, reading_minutes=0)
    Concept.objects.filter(outline_key="c04").update(est_minutes=25)
    with connection.cursor() as cursor:
        cursor.execute(import_module("concepts.migrations.0010_minutes_in_three").FIRST_SPLIT)
    assert times_in(run) == [(20, 10, 10, 30), (20, 10, 10, 0), (20, 10, 10, 45), (25, 13, 12, 7)]


def test_what_an_older_version_of_us_writes_meanwhile_is_all_lesson(run: GenerationRun) -> None:
    """A rolling deploy: it does not know the new columns."""
    with connection.cursor() as cursor:
        cursor.execute("""INSERT INTO concepts_concept
            (roadmap_id, module_id, summary, kind, difficulty, est_minutes, objectives, keywords,
             stable_key, position, title, slug, outline_key)
            SELECT roadmap_id, module_id, summary, kind, difficulty, est_minutes, objectives,
                   keywords, gen_random_uuid(), 9, 'Old', 'old', 'old'
              FROM concepts_concept WHERE outline_key = 'c03'""")
    assert times_in(run)[-1] == (20, 20, 0, 0)
