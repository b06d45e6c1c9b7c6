"""A term is introduced before it is used."""

from __future__ import annotations

import pytest

from generation.audit.outlines import read_outline_text
from generation.audit.terms import EarlyTerm, find_early_terms
from generation.port.outline import Outline
from generation.providers.catalogue import CatalogueRoadmap
from tests.generation.catalogue_entries import ENTRIES, every_roadmap

TEXT = """# Water
How water moves.
## First
### Rain
- rain | Rain | 30 | - | Measure rain
- ground | Water in the ground | 30 | rain | Follow a drop
## Second
### Wells
- wells | Digging a well | 30 | ground | Dig a well
"""
TERM = "perched aquifer"


def outline(*, term: str = TERM, requires: tuple[str, ...] = ()) -> Outline:
    """The third concept introduces a term; the first may require it."""
    made = read_outline_text(TEXT, "en", "beginner")
    rain, ground, wells = made.concepts()
    concepts = {
        "rain": rain.model_copy(update={"requires": list(requires)}),
        "ground": ground,
        "wells": wells.model_copy(update={"keywords": [term]}),
    }
    for stage in made.stages:
        for module in stage.modules:
            module.concepts[:] = [concepts[one.key] for one in module.concepts]
    return made


def early(rain: str, *, ground: str = "", **how: object) -> list[EarlyTerm]:
    texts = {"rain": rain, "ground": ground, "wells": f"A {TERM} lies higher."}
    return list(find_early_terms(outline(**how), texts))  # type: ignore[arg-type]


def test_a_term_that_is_used_before_its_concept_is_named_with_both() -> None:
    (found,) = early(f"Dig until you meet the {TERM}. Then stop.")
    assert (found.term, found.used_in, found.introduced_by) == (TERM, "rain", "wells")
    assert found.sentence == f"Dig until you meet the {TERM}."


@pytest.mark.parametrize(
    "said",
    [
        "A **perched aquifer** is met first.",
        "Water stands above clay (a perched aquifer).",
        "A perched aquifer is a body of water above clay.",
        "A perched aquifer (water above clay) is met first.",
        "Such water is called a perched aquifer.",
        "The perched aquifer comes later.",
        "See [perched aquifer](wells) when you dig.",
        "Run `perched aquifer` now.",
        "```text\nperched aquifer\n```",
        "Nothing of the kind is said.",
    ],
)
def test_a_term_that_is_told_put_off_or_only_code_is_no_fault(said: str) -> None:
    assert not early(said)


def test_what_was_told_once_may_be_used_from_then_on() -> None:
    told = "A perched aquifer is a body of water above clay."
    assert not early(told, ground="The perched aquifer is full.")
    assert [one.used_in for one in early("Rain.", ground="Look at the perched aquifer!")]


def test_what_is_required_may_be_used() -> None:
    assert not early("Look at the perched aquifer!", requires=("wells",))


@pytest.mark.parametrize("term", ["view", "JSON", "e-mail"])
def test_everyday_words_and_familiar_names_are_no_terms(term: str) -> None:
    assert not early(f"Look at the {term}!", term=term)


def test_a_term_in_ideographs_is_found_without_spaces() -> None:
    assert early("先看反向传播算法再说。", term="反向传播")
    assert not early("这叫做反向传播，以后再说。", term="反向传播")


def plan_and_texts(roadmap: CatalogueRoadmap) -> tuple[Outline, dict[str, str]]:
    mine = [entry for entry in ENTRIES if entry.roadmap is roadmap]
    return roadmap.outline, {entry.concept.key: entry.markdown for entry in mine}


@every_roadmap
def test_no_built_in_roadmap_uses_a_term_before_it_introduces_it(
    roadmap: CatalogueRoadmap,
) -> None:
    assert not list(map(str, find_early_terms(*plan_and_texts(roadmap))))


def test_forty_terms_that_are_planted_too_early_are_all_named() -> None:
    count = 40
    lines = [f"- c{n} | Concept {n} | 30 | - | Aim {n}" for n in range(count + 1)]
    head = "# Plan\nSummary\n## One\n### Two\n"
    made = read_outline_text(head + "\n".join(lines), "en", "beginner")
    (module,) = made.modules()
    terms = [f"{first}{n} {second}" for n, (first, second) in enumerate(_names(count))]
    module.concepts[1:] = [
        one.model_copy(update={"keywords": [term]})
        for one, term in zip(module.concepts[1:], terms, strict=True)
    ]
    texts = {f"c{n}": f"Now look at the {term}, then go on." for n, term in enumerate(terms)}
    found = [(one.term, one.used_in, one.introduced_by) for one in find_early_terms(made, texts)]
    assert found == [(term, f"c{n}", f"c{n + 1}") for n, term in enumerate(terms)]


def _names(count: int) -> list[tuple[str, str]]:
    firsts = ("Kalman", "Bloom", "write-ahead", "two-phase", "copy-on-write")
    seconds = ("filter", "log", "commit", "barrier")
    names = [(first, second) for first in firsts for second in seconds]
    return (names * count)[:count]
