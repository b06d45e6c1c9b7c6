"""From what a model says to what may be stored: checked, and put right where code can. Pure.

Functions named `…_problems` return complaints in plain English, one sentence each, fit to be sent
back to the model; an empty list is a pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from concepts.content import QuestionContent, QuizContent, ResourceContent, ResourcesContent
from concepts.links import canonical_url
from concepts.markdown import FENCE_LINE, HEADING, Block, split_blocks
from concepts.quiz_lint import lint_quiz
from generation.languages import find_wrong_language, means_true, true_and_false
from generation.outline import Outline
from generation.placeholders import find_placeholder
from generation.quiz_language import quiz_language_problems
from generation.thinking_aloud import thinks_aloud

# Fewer words (ideographs count one each) cannot teach anything.
MIN_TUTORIAL_WORDS = 120
MIN_HEADINGS = 2
MIN_RESOURCES = 2
MIN_QUESTIONS = 3
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\u0e00-\u0e7f]")


def tutorial_problems(markdown: str, language: str) -> list[str]:
    return list(_tutorial_problems(markdown, language))


def _tutorial_problems(markdown: str, language: str) -> Iterator[str]:
    blocks = split_blocks(markdown)
    prose = "\n".join("\n".join(lines) for is_code, lines in blocks if not is_code)
    words = count_words(prose)
    if words < MIN_TUTORIAL_WORDS:
        yield f"it has {words} words of prose; {MIN_TUTORIAL_WORDS} are the least"
    headings = sum(bool(HEADING.fullmatch(line)) for line in prose.split("\n"))
    if headings < MIN_HEADINGS:
        yield f"it has {headings} headings; {MIN_HEADINGS} are the least (lines starting with ##)"
    if blocks and _ends_in_code(blocks[-1]):
        yield "it ends inside a code block: the closing fence is missing, or the text was cut off"
    if thinks_aloud(markdown):
        yield "it begins by thinking aloud; begin with the tutorial itself, say nothing of the task"
    if found := find_placeholder(prose):
        yield f"“{found}” is a placeholder; write what belongs there"
    if wrong := find_wrong_language(markdown, language):
        yield wrong


def _ends_in_code(block: Block) -> bool:
    is_code, lines = block
    return is_code and (len(lines) < 2 or not FENCE_LINE.fullmatch(lines[-1]))


def count_words(text: str) -> int:
    ideographs = len(_IDEOGRAPH.findall(text))
    return ideographs + len(_IDEOGRAPH.sub(" ", text).split())


def settle_resources(
    resources: list[ResourceContent], language: str
) -> tuple[ResourcesContent | None, list[str]]:
    """The links that can be used, each once; None with the reasons when too few are left."""
    kept: dict[str, ResourceContent] = {}
    problems: list[str] = []
    for resource in resources:
        if _key(resource) in kept:
            problems.append(f"“{resource.url}” is listed twice")
        else:
            kept[_key(resource)] = resource
    if wrong := find_wrong_language("\n".join(one.why for one in kept.values()), language):
        return None, [f"the reasons (`why`): {wrong}"]
    if len(kept) < MIN_RESOURCES:
        return None, [*problems, f"{len(kept)} usable links; {MIN_RESOURCES} are the least"]
    return ResourcesContent(resources=list(kept.values())[:12]), problems


def _key(resource: ResourceContent) -> str:
    return canonical_url(resource.url)


def settle_quiz(quiz: QuizContent, language: str) -> QuizContent:
    """The quiz with the words for true and false its language has, true first."""
    labels = true_and_false(language)
    if labels is None:
        return quiz
    questions = [_settle_labels(question, labels) for question in quiz.questions]
    return quiz.model_copy(update={"questions": questions})


def _settle_labels(question: QuestionContent, labels: tuple[str, str]) -> QuestionContent:
    if question.type != "true_false":
        return question
    meanings = {means_true(choice.text): choice for choice in question.choices}
    if set(meanings) != {True, False} or len(question.choices) != 2:
        return question
    pairs = ((True, labels[0]), (False, labels[1]))
    choices = [meanings[meaning].model_copy(update={"text": text}) for meaning, text in pairs]
    return question.model_copy(update={"choices": choices})


def quiz_problems(quiz: QuizContent, language: str) -> list[str]:
    return [
        *lint_quiz(quiz),
        *_too_few_questions(quiz),
        *_foreign_labels(quiz, language),
        *quiz_language_problems(quiz, language),
    ]


def _too_few_questions(quiz: QuizContent) -> Iterator[str]:
    if len(quiz.questions) < MIN_QUESTIONS:
        yield f"{len(quiz.questions)} questions; {MIN_QUESTIONS} are the least"


def _foreign_labels(quiz: QuizContent, language: str) -> Iterator[str]:
    labels = true_and_false(language)
    for number, question in enumerate(quiz.questions, start=1):
        texts = tuple(choice.text for choice in question.choices)
        if labels and question.type == "true_false" and set(texts) != set(labels):
            yield f"question {number}: the choices must be “{labels[0]}” and “{labels[1]}”"


def outline_language_problems(outline: Outline, language: str) -> list[str]:
    """Titles are judged all together and by script, the sentences by script and words."""
    stages, modules, concepts = outline.stages, outline.modules(), outline.concepts()
    sentences = [
        outline.summary,
        *(stage.summary for stage in stages),
        *(module.summary for module in modules),
        *(text for concept in concepts for text in (concept.summary, *concept.objectives)),
    ]
    titles = [
        *(stage.title for stage in stages),
        *(module.title for module in modules),
        *(concept.title for concept in concepts),
    ]
    complaints = {
        "the summaries and objectives": find_wrong_language("\n".join(sentences), language),
        "the titles": find_wrong_language("\n".join(titles), language, by_words=False),
    }
    return [f"{name}: {wrong}" for name, wrong in complaints.items() if wrong]
