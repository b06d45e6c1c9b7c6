"""The rules that judge content are measured on items whose flaws are known."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from concepts.lint.flaws import finding
from concepts.lint.flaws.finding import REFUSED, find_flaws
from concepts.lint.flaws.item import Flaw, item_of
from generation.audit.__main__ import main
from generation.audit.corpus import HALVES, SORTS, load_corpus
from generation.audit.judging import find_in, read_item
from generation.audit.scoring import (
    LEAST_PRECISION,
    LEAST_RECALL,
    is_good_enough,
    score,
    table,
)
from generation.providers.catalogue import CatalogueRoadmap
from tests.generation.catalogue_entries import ENTRIES, every_roadmap

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
CASES = load_corpus(CORPUS)
# Whatever is taught, and of how many built-in questions any other flaw may be told.
LEANING = {Flaw.NONE_OF_ABOVE, Flaw.ALL_OF_ABOVE, Flaw.K_TYPE}
CERTAIN = {
    *REFUSED,
    Flaw.NONE_OF_ABOVE,
    Flaw.ALL_OF_ABOVE,
    Flaw.KEY_COUNT,
    Flaw.UNFOCUSED_STEM,
    Flaw.GRATUITOUS,
    Flaw.LONGEST_KEY,
}
OF_NO_MATTER = {Flaw.BLANK, Flaw.LOST_SEQUENCE}
MOST_FLAWED = 0.05
JUDGED = [(case, find_in(case)) for case in CASES]


def test_the_corpus_is_as_large_as_it_says() -> None:
    flawed = Counter(case.sort for case in CASES if case.flaws)
    clean = Counter(case.sort for case in CASES if not case.flaws)
    assert clean["quiz"] >= flawed["quiz"] >= 200
    for sort in ("outlines", "tutorials"):
        assert flawed[sort] >= 30 <= clean[sort]


def test_there_are_eight_items_and_more_of_each_kind_and_four_in_each_half() -> None:
    for half, least in ((None, 8), *((half, 4) for half in HALVES)):
        mine = [case for case in CASES if half in (None, case.half)]
        counts = Counter((case.sort, flaw) for case in mine for flaw in case.flaws)
        assert {flaw for sort, flaw in counts if sort == "quiz"} == {flaw.value for flaw in Flaw}
        assert min(counts.values()) >= least


def test_the_audit_meets_its_figures() -> None:
    assert is_good_enough(JUDGED), "\n".join(table(JUDGED))


def test_the_readme_shows_these_figures() -> None:
    names = {"questions": "quiz", "plans": "outlines", "tutorials": "tutorials", "everything": ""}
    readme = (CORPUS.parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"a corpus of {len(CASES)} questions" in readme
    for name, sort in names.items():
        mine = [one for one in JUDGED if sort in {"", one[0].sort}]
        whole, blind = score(mine), score([one for one in mine if one[0].half == HALVES[0]])
        kinds = {kind for case, _ in mine for kind in case.flaws}
        cells = (whole.precision, whole.recall, blind.precision, blind.recall)
        said = " | ".join([str(whole.count), *(f"{one:.2f}" for one in cells)])
        assert f"| {name}{f', {len(kinds)} kinds' if sort else ''} | {said} |" in readme


@pytest.mark.parametrize("half", HALVES)
def test_each_half_alone_meets_them_over_all_its_kinds(half: str) -> None:
    """Of one kind it has four items or a few more, too few to be a figure."""
    whole = score([one for one in JUDGED if one[0].half == half])
    assert whole.precision >= LEAST_PRECISION
    assert whole.recall >= LEAST_RECALL


def test_the_audit_fails_when_a_kind_is_not_found_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(finding._RULES, Flaw.OVERLAP, lambda _item: False)
    assert not is_good_enough([(case, find_in(case)) for case in CASES])
    assert main([str(CORPUS)]) == 1


def test_the_audit_fails_on_too_many_false_alarms() -> None:
    noisy = [(case, {*found, "overlap", "blank"}) for case, found in JUDGED]
    assert score(noisy).recall >= score(JUDGED).recall
    assert not is_good_enough(noisy)


def test_the_command_needs_no_settings_and_ends_with_one_line_of_figures() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "generation.audit", str(CORPUS)],
        env={"PATH": "", "PYTHONPATH": str(CORPUS.parents[1])},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    whole = score(JUDGED)
    figures = f"precision {whole.precision:.2f} recall {whole.recall:.2f} of {whole.count}"
    assert told[-1] == f"audit: {figures}"


def test_a_folder_that_is_none_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["no/such/folder"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("half", HALVES)
def test_no_clean_question_of_the_corpus_would_be_sent_back(half: str) -> None:
    clean = [case for case in CASES if case.sort == SORTS[0] and case.half == half]
    for case in clean:
        if not case.flaws:
            assert not find_flaws(read_item(case.data)) & {*REFUSED, *LEANING}, case.id


def test_no_built_in_question_has_a_flaw_that_is_certain() -> None:
    for entry in ENTRIES:
        for question in entry.quiz.questions:
            found = find_flaws(item_of(question, entry.roadmap.outline.language))
            assert not found & CERTAIN, question.stem


@every_roadmap
def test_few_built_in_questions_have_any_flaw(roadmap: CatalogueRoadmap) -> None:
    """A gap may be the exercise, and choices are shuffled anyway."""
    quizzes = [entry.quiz for entry in ENTRIES if entry.roadmap is roadmap]
    asked = [one for quiz in quizzes for one in quiz.questions]
    language = roadmap.outline.language
    flawed = [one.stem for one in asked if find_flaws(item_of(one, language)) - OF_NO_MATTER]
    assert len(flawed) <= MOST_FLAWED * len(asked), flawed
