"""What a version says, as text for whoever writes the next one."""

from __future__ import annotations

from collections.abc import Iterator

from concepts.models import ArtifactVersion, Choice, Question, QuestionType
from generation.port.briefs import EARLIER_MAX_CHARACTERS


def tell_version(version: ArtifactVersion | None) -> str:
    """Its beginning, where it is long. Without what somebody wished of it: that was about another
    text."""
    if version is None:
        return ""
    if hasattr(version, "tutorial"):
        text = version.tutorial.markdown
    elif hasattr(version, "quiz"):
        questions = version.quiz.questions.order_by("position").prefetch_related("choices")
        text = "\n\n".join("\n".join(_tell_question(one)) for one in questions)
    else:
        resources = version.resources.order_by("position")
        text = "\n".join(f"- {one.title}: {one.url} ({one.why})" for one in resources)
    if len(text) <= EARLIER_MAX_CHARACTERS:
        return text
    return f"{text[:EARLIER_MAX_CHARACTERS]} […]"


def _tell_question(question: Question) -> Iterator[str]:
    yield f"{question.position}. {question.stem}"
    for text in question.accepted:
        yield f"   accepted: {text}"
    for choice in sorted(question.choices.all(), key=lambda one: one.position):
        yield f"   {_verdict(question, choice)}: {choice.text} ({choice.rationale})"
    yield f"   {question.explanation}"


def _verdict(question: Question, choice: Choice) -> str:
    if question.type == QuestionType.ORDER:
        return f"line {choice.position}"
    return "right" if choice.is_correct else "wrong"
