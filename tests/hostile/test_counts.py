"""Lists in answers are bounded before anybody looks into them, and quick to look into then."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

import pytest

from concepts.bounds import PARAGRAPH_MAX_CHARACTERS
from concepts.content import ChoiceContent, QuestionContent, QuizContent
from concepts.lint.quiz_rules import lint_quiz
from generation.port.briefs import ConceptBrief
from generation.port.errors import GoalRefused
from generation.port.goals import CONCEPTS, refuse_by_verdict
from generation.port.outline import MOST_CONCEPTS, MOST_REQUIRED
from generation.port.request import OutlineRequest, wanted_range
from generation.providers.gateway.bounds import MOST_CHARACTERS
from generation.providers.openai.judging import judge_outline, judge_quiz, judge_resources
from generation.providers.openai.schemas import (
    MAX_COMPLAINTS,
    OutlineAnswer,
    QuizAnswer,
    ResourcesAnswer,
)
from roadmaps.graph import break_cycles
from roadmaps.plain_titles import plain_titles
from tests.hostile.functions import LONGEST_C_CALL
from tests.hostile.measuring import LOOP_SECONDS, THREAD_SECONDS, Run, find_fault, longest_c_call

pytestmark = [pytest.mark.wide, pytest.mark.timeout(300)]

TODAY = date(2030, 1, 1)
REQUEST = OutlineRequest("Juggling", concepts=200)
BRIEF = ConceptBrief(
    "Juggling", "Juggling", "en", "beginner", "k", "Knots", "S.", "fact", 1, 30, ("Tie", "Say"), ()
)
# Which concepts the concept at a place requires, of so many.
SHAPES: dict[str, Callable[[int, int], Iterable[int]]] = {
    "what comes next": lambda at, many: ((at + step) % many for step in range(1, many)),
    "what came before": lambda at, _many: range(at),
    "what is far ahead": lambda at, many: range(at + many // 2, many),
    "all at the end": lambda _at, many: range(max(many - MOST_REQUIRED, 0), many),
    "itself": lambda at, _many: [at] * MOST_REQUIRED,
    "anything": lambda at, many: random.Random(at).sample(range(many), many),
    "nothing": lambda _at, _many: [],
}


def required(shape: str, at: int, many: int, most: int = MOST_REQUIRED) -> list[str]:
    return [f"c{place}" for place in islice(SHAPES[shape](at, many), most)]


def concepts(many: int, shape: str = "nothing", *, text: str = "a") -> list[dict[str, Any]]:
    return [
        {
            "key": f"c{at}",
            "title": f"{at}. {text}",
            "summary": text,
            "kind": "fact",
            "difficulty": 1,
            "est_minutes": 10,
            "objectives": [text, text],
            "requires": required(shape, at, many),
        }
        for at in range(many)
    ]


def module_of(planned: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": "M", "summary": "S.", "concepts": planned}


def plan(*modules: list[dict[str, Any]]) -> OutlineAnswer:
    stages = [
        {"title": f"Part {number}", "summary": "S.", "modules": [module_of(module)]}
        for number, module in enumerate(modules, start=1)
    ]
    return OutlineAnswer.model_validate(
        {"title": "T", "summary": "S.", "language": "en", "stages": stages}
    )


def judging(shape: str, *, text: str = "a") -> Run:
    """Plans of so many concepts, of which one module has most, as long as an answer may be."""

    def run(many: int) -> Callable[[], object]:
        room = MOST_CHARACTERS // MOST_CONCEPTS // 4
        whole = concepts(many, shape, text=text * (room // len(text)))
        answer = plan(whole[:2], whole[2:])
        return partial(judge_outline, answer, REQUEST, "en", TODAY)

    return run


def test_a_plan_may_have_as_many_concepts_as_can_be_wished_for() -> None:
    assert wanted_range(CONCEPTS[-1])[1] == MOST_CONCEPTS


@pytest.mark.parametrize("shape", SHAPES)
def test_prerequisites_are_settled_in_time(shape: str) -> None:
    def run(edges: int) -> Callable[[], object]:
        graph = {
            f"c{at}": required(shape, at, MOST_CONCEPTS, edges // MOST_CONCEPTS)
            for at in range(MOST_CONCEPTS)
        }
        return partial(break_cycles, graph, {key: at for at, key in enumerate(graph)})

    longest = MOST_CONCEPTS * MOST_REQUIRED
    assert find_fault(run, most_seconds=LOOP_SECONDS, longest=longest) is None


@pytest.mark.parametrize("shape", ["what comes next", "anything", "nothing"])
def test_the_longest_plan_is_judged_in_time(shape: str) -> None:
    run = judging(shape)
    attempt: Any = run(MOST_CONCEPTS)()
    assert attempt.content is not None, attempt.problems
    assert len(attempt.problems) <= MAX_COMPLAINTS + 2
    assert find_fault(run, most_seconds=THREAD_SECONDS, longest=MOST_CONCEPTS) is None
    seconds, called = longest_c_call(run, MOST_CONCEPTS)
    assert seconds <= LONGEST_C_CALL, called


def test_titles_of_many_siblings_are_made_plain_in_time() -> None:
    """Also by a process that never saw such titles: an expression for each place was slow."""

    def run(many: int) -> Callable[[], object]:
        re.purge()
        return partial(plain_titles, [f"{at} Intro" for at in range(1, many + 1)])

    assert find_fault(run, most_seconds=LOOP_SECONDS, longest=MOST_CONCEPTS) is None


@pytest.mark.parametrize("text", ["`", "1. ", "[a](", "Part 1 ", "“a"])
def test_titles_and_texts_of_any_kind_are_judged_in_time(text: str) -> None:
    run = judging("what comes next", text=text)
    assert find_fault(run, most_seconds=THREAD_SECONDS, longest=MOST_CONCEPTS) is None


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (plan(concepts(251)), "the plan has 251 concepts; 250 are the most"),
        (plan(*[[]] * 2_000), "the plan has 2000 stages; 250 are the most"),
        (plan(concepts(2), concepts(5_000)), "the plan has 5002 concepts; 250 are the most"),
        (
            plan([concepts(1)[0] | {"requires": ["c0"] * 50_000}]),
            "a concept requires 50000 others; 40 are the most",
        ),
    ],
)
def test_a_plan_with_more_is_refused_in_words_before_it_is_looked_into(
    answer: OutlineAnswer, complaint: str
) -> None:
    attempt = judge_outline(answer, REQUEST, None, TODAY)
    assert complaint in attempt.problems
    assert attempt.content is None
    run = partial(judge_outline, answer, REQUEST, None, TODAY)
    assert find_fault(lambda _: run, most_seconds=LOOP_SECONDS, longest=10_000) is None


def test_complaints_about_a_plan_are_few_enough_to_be_sent_back() -> None:
    broken = [one | {"requires": ["x" * 190] * MOST_REQUIRED} for one in concepts(200)]
    attempt = judge_outline(plan(broken[:2], broken[2:]), REQUEST, "en", TODAY)
    assert len(attempt.problems) == MAX_COMPLAINTS


def test_thousands_of_links_are_looked_at_in_time() -> None:
    def run(many: int) -> Callable[[], object]:
        links = [
            {"title": "T", "url": f"https://a.b/{at}", "kind": "docs", "why": "W."}
            for at in range(many)
        ]
        answer = ResourcesAnswer.model_validate({"resources": links})
        return partial(judge_resources, answer, BRIEF)

    assert find_fault(run, most_seconds=LOOP_SECONDS, longest=4_000) is None


def test_thousands_of_questions_and_choices_are_looked_at_in_time() -> None:
    def run(many: int) -> Callable[[], object]:
        choices = [{"text": f"{at}", "is_correct": at == 0, "rationale": "R."} for at in range(50)]
        question = {"type": "single", "stem": "S", "choices": choices, "explanation": "E.",
                    "objective": "O", "difficulty": 1}  # fmt: skip
        answer = QuizAnswer.model_validate({"questions": [question] * (many // 50)})
        return partial(judge_quiz, answer, BRIEF)

    assert find_fault(run, most_seconds=LOOP_SECONDS, longest=4_000) is None


@pytest.mark.parametrize("reason", ["option B ", "选项B", "Answer 1 is ", "the first choice "])
@pytest.mark.parametrize("stem", ["x ", "的"])
def test_a_quiz_whose_reasons_name_choices_all_over_is_looked_at_in_time(
    reason: str, stem: str
) -> None:
    def run(length: int) -> Callable[[], object]:
        choices = [
            ChoiceContent(text=f"{at}", is_correct=not at, rationale=(reason * length)[:length])
            for at in range(2, 7)
        ]
        question = QuestionContent(type="single", stem=(stem * length)[: length - 2] + " B",
                                   choices=choices, explanation=(reason * length)[:length],
                                   objective="O", difficulty=1)  # fmt: skip
        quiz = QuizContent(questions=[question] * 12)
        return lambda: list(lint_quiz(quiz))

    longest = PARAGRAPH_MAX_CHARACTERS
    assert find_fault(run, most_seconds=THREAD_SECONDS / 2, longest=longest) is None


def test_thousands_of_suggestions_hold_no_event_loop() -> None:
    """A verdict is acted on where it is read."""

    def refuse(suggestions: list[str]) -> None:
        with pytest.raises(GoalRefused):
            refuse_by_verdict("Juggling", "unclear", suggestions)

    def run(many: int) -> Callable[[], object]:
        return partial(refuse, [f"Learn {at}" for at in range(many)])

    assert find_fault(run, most_seconds=LOOP_SECONDS, longest=25_000) is None
