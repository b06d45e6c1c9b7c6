"""The three parts of a concept for programs. What a quiz must not tell is never read."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch

from concepts.links.public import is_public_address, may_be_shown_as
from concepts.markdown.foreign import without_languages
from concepts.markdown.rendering import RENDERER_VERSION, render_markdown
from concepts.models import (
    Artifact,
    ArtifactKindLabel,
    ArtifactVersion,
    Choice,
    Concept,
    Origin,
    Question,
    QuestionType,
    Resource,
    Tutorial,
)
from generation.runs.learner_words import explain_artifact


def tell_parts(concept: Concept) -> dict[str, dict[str, Any]]:
    """By kind: tutorial, resources, quiz."""
    found = {artifact.kind: artifact for artifact in _read(concept)}
    shown = {
        ArtifactKindLabel.TUTORIAL: _tell_tutorial,
        ArtifactKindLabel.RESOURCES: _tell_resources,
        ArtifactKindLabel.QUIZ: _tell_quiz,
    }
    return {
        kind.value: _tell_artifact(found.get(kind)) | tell(_version(found.get(kind)))
        for kind, tell in shown.items()
    }


def _read(concept: Concept) -> list[Artifact]:
    """Never `is_correct`, `accepted`, a reason or an explanation: what is not read cannot leak."""
    choices = Choice.objects.only("question_id", "position", "text").order_by("position")
    questions = Question.objects.only("quiz_id", "position", "type", "stem", "difficulty")
    version = "current_version"
    return list(
        Artifact.objects.filter(concept=concept)
        .select_related(f"{version}__tutorial", f"{version}__quiz")
        .prefetch_related(
            Prefetch(f"{version}__resources", Resource.objects.order_by("position")),
            Prefetch(f"{version}__quiz__questions", questions.order_by("position")),
            Prefetch(f"{version}__quiz__questions__choices", choices),
        )
    )


def _version(artifact: Artifact | None) -> ArtifactVersion | None:
    return artifact.current_version if artifact else None


def _tell_artifact(artifact: Artifact | None) -> dict[str, Any]:
    """Nobody was asked for a part that has no artifact: its state is empty."""
    error = artifact.error_public if artifact else ""
    return {
        "state": artifact.state if artifact else "",
        "error": explain_artifact(error) if error else "",
        "provenance": _tell_origin(_version(artifact)),
    }


def _tell_origin(version: ArtifactVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    plain = ("provider", "model", "prompt_version", "language", "reviewed_on")
    return {name: getattr(version, name) for name in plain} | {
        "origin": "built_in" if version.origin == Origin.AUTHORED else "generated",
        "version": version.number,
        "written_at": version.created_at,
    }


def _tell_tutorial(version: ArtifactVersion | None) -> dict[str, Any]:
    tutorial: Tutorial | None = getattr(version, "tutorial", None)
    return {
        "markdown": tutorial and tutorial.markdown,
        "html": tutorial and _render(tutorial),
        "reading_minutes": tutorial and tutorial.reading_minutes,
    }


def _render(tutorial: Tutorial) -> str:
    """What another renderer let through may be forbidden now: it is redone."""
    if tutorial.renderer_version == RENDERER_VERSION:
        return tutorial.html
    return str(render_markdown(tutorial.markdown))


def _tell_resources(version: ArtifactVersion | None) -> dict[str, Any]:
    resources = version.resources.all() if version else ()
    return {"resources": [_tell_resource(resource) for resource in resources]}


def _tell_resource(resource: Resource) -> dict[str, Any]:
    """Judged anew: what was stored under older rules may be no link now."""
    plain = ("kind", "title", "language", "why", "minutes", "is_free", "state", "checked_at")
    shown = is_public_address(resource.url) and may_be_shown_as(resource.title, resource.url)
    return {name: getattr(resource, name) for name in plain} | {
        "url": resource.url if shown else None
    }


def _tell_quiz(version: ArtifactVersion | None) -> dict[str, Any]:
    quiz = getattr(version, "quiz", None)
    return {"questions": [_tell_question(one) for one in (quiz.questions.all() if quiz else ())]}


def _tell_question(question: Question) -> dict[str, Any]:
    plain = {name: getattr(question, name) for name in ("position", "type", "difficulty")}
    stem = without_languages(question.stem)
    return plain | {"stem": stem, "choices": _tell_choices(question)}


def _tell_choices(question: Question) -> list[str]:
    """Lines to be put in order stand in the right one in the rows: here by their letters."""
    texts = [without_languages(choice.text) for choice in question.choices.all()]
    return sorted(texts) if question.type == QuestionType.ORDER else texts
