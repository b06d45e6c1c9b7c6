"""What content accepts, the database takes: every field of every content object and its column."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import models
from pydantic import ValidationError

from concepts import models as rows
from concepts.content import (
    ArtifactKind,
    Content,
    QuestionContent,
    ResourceContent,
    ResourcesContent,
)
from concepts.models import Artifact
from generation.models import GenerationRun, ModelCallRecord
from generation.port.calls import MOST_TOKENS, ModelCall
from generation.port.details import ConceptDetails
from generation.port.outline import Outline, StageOutline
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs.claims import give_up_work
from roadmaps.models import Module, Roadmap, Stage
from tests.generation.cast import make_content, make_outline, make_question
from tests.learning.library import QuickProvider, make_ready, open_order

TABLES: dict[str, type[models.Model] | None] = {
    "TutorialContent": rows.Tutorial,
    "ResourceContent": rows.Resource,
    "ResourcesContent": None,
    "ChoiceContent": rows.Choice,
    "QuestionContent": rows.Question,
    "QuizContent": None,
    "Timed": rows.Concept,
    "ConceptOutline": rows.Concept,
    "ConceptDetails": rows.Concept,
    "ModuleDetails": None,
    "ModuleOutline": Module,
    "StageOutline": Stage,
    "Outline": Roadmap,
}
OTHER_NAMES = {"key": "outline_key"}
# Rows of their own.
IN_TABLES_OF_THEIR_OWN = {
    "resources",
    "choices",
    "questions",
    "concepts",
    "modules",
    "stages",
    "requires",
    "dropped",  # of the history, as JSON
}


def _question() -> QuestionContent:
    return make_question("c01")


def _links() -> dict[str, Any]:
    return make_content(ArtifactKind.RESOURCES, "c01").model_dump()


def _details() -> ConceptDetails:
    concept = make_outline(4).concepts()[0]
    return ConceptDetails.model_validate(concept.model_dump(exclude={"title"}))


MAKERS: dict[str, Callable[[], Content]] = {
    "TutorialContent": lambda: make_content(ArtifactKind.TUTORIAL, "c01"),
    "ResourceContent": lambda: ResourceContent(**_links()["resources"][0]),
    "ChoiceContent": lambda: _question().choices[0],
    "QuestionContent": _question,
    "ConceptOutline": lambda: make_outline(4).concepts()[0],
    "ConceptDetails": _details,
    "ModuleOutline": lambda: make_outline(4).modules()[0],
    "StageOutline": lambda: make_outline(4).stages[0],
    "Outline": lambda: make_outline(4),
}


def _classes(base: type[Content] = Content) -> Iterator[type[Content]]:
    for found in base.__subclasses__():
        if found.__module__ in {
            "concepts.content",
            "generation.port.outline",
            "generation.port.details",
        }:
            yield found
        yield from _classes(found)


def _fields() -> Iterator[tuple[type[Content], str, dict[str, Any]]]:
    for found in _classes():
        for name, schema in found.model_json_schema()["properties"].items():
            if name not in IN_TABLES_OF_THEIR_OWN:
                yield found, name, schema


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a field may be: itself, one of several, the items of a list."""
    yield from [part for one in schema.get("anyOf", []) for part in _parts(one)] or [schema]
    if "items" in schema:
        yield from _parts(schema["items"])


FIELDS = [pytest.param(*field, id=f"{field[0].__name__}.{field[1]}") for field in _fields()]
TEXTS = [
    pytest.param(found, name, next(part for part in _parts(schema) if "maxLength" in part),
                 "items" in schema, id=f"{found.__name__}.{name}")
    for found, name, schema in _fields()
    if any("maxLength" in part for part in _parts(schema))
]  # fmt: skip


def test_every_content_object_has_its_table() -> None:
    assert {found.__name__ for found in _classes()} == TABLES.keys()


@pytest.mark.parametrize(("content", "name", "schema"), FIELDS)
def test_a_field_is_no_wider_than_its_column(
    content: type[Content], name: str, schema: dict[str, Any]
) -> None:
    table = TABLES[content.__name__]
    assert table is not None
    column: Any = table._meta.get_field(OTHER_NAMES.get(name, name))
    for part in _parts(schema):
        if "enum" in part:
            assert set(part["enum"]) == {value for value, _ in column.choices or ()}
        elif "const" in part:
            assert len(part["const"]) <= (column.max_length or 10**9)
        elif part["type"] == "string":
            assert part["maxLength"] <= (column.max_length or 10**9)
        elif part["type"] == "integer":
            low, high = _range_of(column)
            assert low <= part["minimum"] <= part["maximum"] <= high
        else:
            assert part["type"] in {"boolean", "null", "array"}


def _range_of(column: Any) -> tuple[int, int]:
    kinds = {"PositiveSmallIntegerField": 2**15 - 1, "PositiveIntegerField": 2**31 - 1}
    return 0, kinds[column.get_internal_type()]


@pytest.mark.parametrize(("content", "name", "part", "is_list"), TEXTS)
@pytest.mark.parametrize("fault", ["one too many", "NUL", "a lone surrogate", "nothing visible"])
def test_beyond_its_bound_a_text_is_refused_by_content(
    content: type[Content], name: str, part: dict[str, Any], is_list: bool, fault: str
) -> None:
    whole = MAKERS[content.__name__]().model_dump()
    value = (
        whole[name][0]
        if is_list and whole[name]
        else "https://a.example/"
        if name == "url"
        else "x"
    )
    bad = {
        "one too many": value + "x" * (part["maxLength"] + 1 - len(value)),
        "NUL": f"{value}\x00",
        "a lone surrogate": f"{value}\ud83d",
        "nothing visible": " \n\t",
    }[fault]
    with pytest.raises(ValidationError):
        content.model_validate({**whole, name: [bad] * 2 if is_list else bad})


@pytest.mark.parametrize("text", ["\x1c", "\x1d \x1e", "\x85", "\u3000", "\ufeff\x00"])
def test_a_line_of_white_space_alone_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        StageOutline.model_validate({**make_outline(4).stages[0].model_dump(), "title": text})


def _filled(length: int, seed: object) -> str:
    """Four bytes a letter, and nothing that a database could press together."""
    rng = random.Random(str(seed))
    return "".join(chr(rng.randrange(0x20000, 0x2A6D0)) for _ in range(length))


def _at_its_bound(content: Content, seed: str) -> dict[str, Any]:
    """The same content with every text and every number as large as it may be."""
    data = content.model_dump()
    for name, schema in type(content).model_json_schema()["properties"].items():
        place = f"{seed} {name}"
        if name in IN_TABLES_OF_THEIR_OWN - {"requires"}:
            data[name] = [
                _at_its_bound(one, f"{place} {n}") for n, one in enumerate(getattr(content, name))
            ]
            continue
        part = next(_parts(schema))
        if "enum" in part or name in {"requires", "url"}:
            continue
        if part["type"] == "string":
            data[name] = _filled(part["maxLength"], place)
        elif part["type"] == "integer":
            data[name] = part["maximum"]
        elif part["type"] == "array":
            length = part["items"]["maxLength"]
            data[name] = [_filled(length, f"{place} {n}") for n in range(part.get("maxItems", 20))]
    return data


def _longest_link(number: int) -> str:
    rng = random.Random(number)
    start = f"https://a{number}.example/"
    if number % 2:
        return start + "".join(
            rng.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(2_000 - len(start))
        )
    return start + _filled(163, number)


@pytest.mark.slow
@pytest.mark.django_db
def test_everything_at_its_bound_is_stored() -> None:
    plan = _at_its_bound(make_outline(4, requires={}), "plan") | {"language": "en"}
    for stage in plan["stages"]:
        for module in stage["modules"]:
            for concept in module["concepts"]:
                concept["est_minutes"], concept["requires"] = 6_000, []
    whole = Outline.model_validate(plan)
    content = {}
    for concept in whole.concepts():
        for kind in ArtifactKind:
            made = make_content(kind, concept.key[:5])
            data = _at_its_bound(made, concept.key)
            for number, one in enumerate(data.get("resources", [])):
                one["url"] = _longest_link(number)
            for one in data.get("questions", []):
                one["accepted"] = []  # an output has some, and these are to be chosen
            content[concept.key, kind] = type(made).model_validate(data)
    run = make_ready(QuickProvider(whole, content=content))
    assert run.state == RunState.READY
    assert Artifact.objects.filter(state="ready").count() == 12
    assert len(Roadmap.objects.get().title) == 300


@pytest.mark.parametrize("field", ["text", "url"])
def test_what_may_be_there_once_is_refused_twice_by_content(field: str) -> None:
    if field == "text":
        data = _question().model_dump()
        data["choices"][1]["text"] = data["choices"][0]["text"]
        with pytest.raises(ValidationError, match="two choices read the same"):
            QuestionContent.model_validate(data)
        return
    links = _links()
    links["resources"][1]["url"] = links["resources"][0]["url"] + "/#top"
    with pytest.raises(ValidationError, match="listed twice"):
        ResourcesContent.model_validate(links)


@pytest.mark.parametrize(
    "url", ["https://a.example/" + "中" * 300, "https://a.example/?q=" + "я" * 600]
)
def test_a_link_whose_form_for_comparing_is_too_long_is_refused(url: str) -> None:
    data = _links()
    data["resources"][0]["url"] = url
    with pytest.raises(ValidationError, match="too long"):
        ResourcesContent.model_validate(data)


@pytest.mark.django_db
def test_what_a_server_claims_to_have_used_is_stored_within_bounds() -> None:
    call = ModelCall("quiz", "v", "m", 1, 1.0, "ok", "", 10**30, -5, 10**30)
    assert (call.tokens_in, call.tokens_out, call.tokens_cached) == (MOST_TOKENS, 0, MOST_TOKENS)
    scribe = open_order()
    spent = Spent(20, 20 * call.tokens_in, 20 * call.tokens_in)
    scribe.plan()
    scribe.write()
    give_up_work(scribe.run_id, scribe.run_id, spent)
    assert GenerationRun.objects.get().tokens_in == 20 * MOST_TOKENS
    assert 20 * MOST_TOKENS <= 2**31 - 1


@pytest.mark.django_db
def test_the_longest_names_of_models_are_cut_to_their_columns() -> None:
    provider = QuickProvider(make_outline(4), model="m" * 500 + "\x00")
    run = make_ready(provider)
    assert run.model == "m" * 200
    assert set(rows.ArtifactVersion.objects.values_list("model", flat=True)) == {"m" * 200}
    assert ModelCallRecord._meta.get_field("model").max_length == 200
