"""A concept through the API: its lesson, and a quiz that tells no answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from concepts.content import ArtifactKind, TutorialContent
from concepts.markdown.rendering import RENDERER_VERSION
from concepts.models import ArtifactVersion, Choice, Concept, Question, Resource, Tutorial
from generation.models import GenerationRun
from generation.port.errors import ContentError
from learning.learners import obtain_learner
from learning.models import ConceptMark, Standing
from tests.generation.api.calls import API
from tests.generation.cast import KINDS, make_outline
from tests.learning.library import QuickProvider, make_ready, open_order
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db


def address(run: GenerationRun, key: str = "c02") -> str:
    concept = Concept.objects.get(roadmap=run.roadmap_id, outline_key=key)
    return f"{API}/roadmaps/{run.roadmap_id}/concepts/{concept.stable_key}"


def test_a_concept_brings_its_lesson(client: Client) -> None:
    run = make_ready()
    told = client.get(address(run)).json()
    assert (told["title"], told["objectives"]) == ("The knot c02", ["Tie it", "Untie it"])
    assert told["tutorial"]["markdown"] == "## Tying c02\n\nTake the `rope`."
    assert "<code>rope</code>" in told["tutorial"]["html"]
    assert [one["title"] for one in told["resources"]["resources"]] == [
        "c02 first", "c02 second", "c02 third"
    ]  # fmt: skip
    assert len(told["quiz"]["questions"]) == 5
    assert sorted(told["quiz"]["questions"][0]["choices"]) == ["friction", "glue", "hope", "magic"]


def test_a_quiz_is_told_as_it_reads_without_the_marks_of_its_languages(client: Client) -> None:
    run = make_ready()
    Question.objects.update(stem="What is *es:el nudo*?")
    Choice.objects.filter(position=1).update(text="*es:un nudo*")
    asked = client.get(address(run)).json()["quiz"]["questions"]
    assert {one["stem"] for one in asked} == {"What is el nudo?"}
    assert all("un nudo" in one["choices"] for one in asked)


def test_a_quiz_tells_neither_answers_nor_reasons(client: Client) -> None:
    text = client.get(address(make_ready())).content.decode()
    for secret in ("Try it.", "Rope on rope.", "is_correct", "rationale", "explanation"):
        assert secret not in text


def test_what_a_quiz_must_not_tell_is_not_even_read(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    run = make_ready()
    with django_assert_max_num_queries(12) as asked:
        client.get(address(run))
    secret = ('"is_correct"', '"rationale"', '"explanation"', '"accepted"')
    for query in asked.captured_queries:
        assert not any(name in query["sql"] for name in secret)


@pytest.mark.parametrize("concepts", [4, 24])
def test_a_concept_costs_as_many_queries_whatever_stands_around_it(
    client: Client, concepts: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found = address(make_ready(QuickProvider(make_outline(concepts))))
    with django_assert_num_queries(7):
        client.get(found)


def test_each_part_says_who_wrote_it(client: Client) -> None:
    run = make_ready()
    ArtifactVersion.objects.filter(artifact__kind="quiz").update(origin="authored")
    told = client.get(address(run)).json()
    origins = {kind: told[kind]["provenance"]["origin"] for kind in ("tutorial", "quiz")}
    assert origins == {"tutorial": "generated", "quiz": "built_in"}
    assert told["tutorial"]["provenance"]["model"] == "rope-1"


def test_what_is_not_written_yet_says_so(client: Client) -> None:
    scribe = open_order()
    scribe.plan()
    run = GenerationRun.objects.get(pk=scribe.run_id)
    told = client.get(address(run)).json()
    assert (told["state"], told["tutorial"]["state"]) == ("queued", "pending")
    assert (told["tutorial"]["html"], told["quiz"]["questions"]) == (None, [])
    assert told["resources"]["provenance"] is None


def test_what_failed_says_why_without_a_variables_name(client: Client) -> None:
    fail = {("c02", kind): ContentError("Too short (LLM_MODEL).") for kind in KINDS}
    run = make_ready(QuickProvider(make_outline(4), fail=fail))
    told = client.get(address(run)).json()
    assert told["quiz"]["state"] == "failed"
    assert told["quiz"]["error"] == "Something went wrong while this was being written."


def test_a_link_that_may_not_be_shown_is_left_out(client: Client) -> None:
    run = make_ready()
    Resource.objects.filter(title="c02 first").update(url="https://10.0.0.1/knots")
    told: list[dict[str, Any]] = client.get(address(run)).json()["resources"]["resources"]
    assert [one["url"] is None for one in told] == [True, False, False]


def test_what_another_renderer_made_is_rendered_anew(client: Client) -> None:
    run = make_ready()
    Tutorial.objects.update(html="<script>1</script>", renderer_version=RENDERER_VERSION - 1)
    assert "<script" not in client.get(address(run)).json()["tutorial"]["html"]


def test_html_in_a_tutorial_is_shown_as_text(client: Client) -> None:
    content = {("c02", ArtifactKind.TUTORIAL): TutorialContent(markdown="<script>1</script> rope")}
    run = make_ready(QuickProvider(make_outline(4), content=content))
    assert "<script" not in client.get(address(run)).json()["tutorial"]["html"]


@pytest.mark.parametrize(("read", "changed"), [(1, False), (0, True), (None, False)])
def test_a_learner_is_told_how_they_stand_and_whether_it_changed_since(
    read: int | None, changed: bool
) -> None:
    visitors = make_visitors()
    run, client = make_ready(), visitors.client("alice")
    concept = Concept.objects.get(roadmap=run.roadmap_id, outline_key="c02")
    learner = obtain_learner(visitors.alice, client.session)
    ConceptMark.objects.create(
        learner=learner, concept=concept, standing=Standing.DONE, completed_version=read
    )
    told = client.get(address(run)).json()
    assert (told["standing"], told["changed"]) == ("done", changed)
    other = visitors.client("bob").get(address(run)).json()
    assert (other["standing"], other["changed"]) == (None, False)


def test_a_concept_is_found_in_its_own_roadmap_alone(client: Client) -> None:
    one, other = make_ready(), make_ready()
    found = address(one).replace(str(one.roadmap_id), str(other.roadmap_id))
    assert client.get(found).status_code == 404
