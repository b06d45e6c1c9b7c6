"""The rows behind a version: tutorial, resources, or quiz with questions and choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from concepts.content import QuizContent, ResourcesContent, TutorialContent
from concepts.drafts import VersionDraft
from concepts.links.public import canonical_url
from concepts.markdown.rendering import RENDERER_VERSION
from concepts.models import ArtifactVersion, Choice, Question, Quiz, Resource, Tutorial

Pair = tuple[ArtifactVersion, VersionDraft]


def create_payloads(pairs: Sequence[Pair]) -> None:
    """One statement a table, whatever the number of versions."""
    Tutorial.objects.bulk_create(_tutorials(pairs))
    Resource.objects.bulk_create(_resources(pairs))
    quizzes = [
        (version, draft.content)
        for version, draft in pairs
        if isinstance(draft.content, QuizContent)
    ]
    Quiz.objects.bulk_create(Quiz(version=version) for version, _ in quizzes)
    questions = Question.objects.bulk_create(
        Question(
            quiz_id=version.pk,
            position=position,
            type=question.type,
            stem=question.stem,
            accepted=question.accepted,
            explanation=question.explanation,
            objective=question.objective,
            difficulty=question.difficulty,
        )
        for version, quiz in quizzes
        for position, question in enumerate(quiz.questions, start=1)
    )
    contents = (question for _, quiz in quizzes for question in quiz.questions)
    Choice.objects.bulk_create(
        Choice(
            question=question,
            position=position,
            text=choice.text,
            is_correct=choice.is_correct,
            rationale=choice.rationale,
        )
        for question, content in zip(questions, contents, strict=True)
        for position, choice in enumerate(content.choices, start=1)
    )


def count_rows(draft: VersionDraft) -> int:
    """How many rows a version is: itself and what is in it."""
    if isinstance(draft.content, QuizContent):
        return 2 + sum(1 + len(question.choices) for question in draft.content.questions)
    if isinstance(draft.content, ResourcesContent):
        return 1 + len(draft.content.resources)
    return 2


def _tutorials(pairs: Iterable[Pair]) -> list[Tutorial]:
    return [
        Tutorial(
            version=version,
            markdown=draft.content.markdown,
            html=draft.html,
            renderer_version=RENDERER_VERSION,
            reading_minutes=draft.minutes,
        )
        for version, draft in pairs
        if isinstance(draft.content, TutorialContent)
    ]


def _resources(pairs: Iterable[Pair]) -> list[Resource]:
    return [
        Resource(
            version=version,
            position=position,
            title=resource.title,
            url=resource.url,
            url_canonical=canonical_url(resource.url),
            kind=resource.kind,
            language=resource.language,
            why=resource.why,
            minutes=resource.minutes,
            is_free=resource.is_free,
        )
        for version, draft in pairs
        if isinstance(draft.content, ResourcesContent)
        for position, resource in enumerate(draft.content.resources, start=1)
    ]
