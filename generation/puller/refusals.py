"""Content the database will not take: why, in words for people."""

from __future__ import annotations

from concepts.drafts import FailureDraft, VersionDraft, draft_failure
from generation.runs.work import Work

_REASONS = (
    ("NUL", "it holds a NUL character."),
    ("surrogates", "it holds half a character (a lone surrogate)."),
    ("tutorial_not_endless", "it is too long."),
    ("tutorial_not_empty", "it is empty."),
    ("resource_unique", "it names the same address twice."),
    ("resource_is_web_address", "it names an address that is not on the web."),
    ("names no host", "it names an address without a host."),
    ("choice_text_unique", "two choices of a question read the same."),
    ("choice_gives_a_reason", "a choice gives no reason."),
    ("value too long", "a line in it is too long."),
)


def explain_refusal(error: Exception) -> str:
    """PostgreSQL's reason (or Python's) as a sentence."""
    text = str(error)
    for mark, reason in _REASONS:
        if mark in text:
            return f"What was written cannot be stored: {reason}"
    return "What was written cannot be stored: the database refused it."


def draft_refusal(refused: VersionDraft | Work, error: Exception) -> FailureDraft:
    return draft_failure(
        refused.artifact_id,
        refused.concept_id,
        refused.kind,
        error,
        public=explain_refusal(error),
        detail=repr(error)[:2_000],
    )
