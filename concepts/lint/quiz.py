"""What a quiz must hold."""

from __future__ import annotations

from collections.abc import Iterator

from concepts.content import QuestionContent, QuizContent
from concepts.languages.tags import means_true, true_and_false
from concepts.lint.quiz_language import quiz_language_problems
from concepts.lint.quiz_rules import lint_quiz, without_marks

MIN_QUESTIONS = 3


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
    quiz = without_marks(quiz)
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
