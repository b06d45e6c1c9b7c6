"""Artifacts on their way into the database: content with its provenance, or a failure.

What costs time (rendering, hashing) is done here, outside any transaction and any lane.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from concepts.bounds import TUTORIAL_MAX_CHARACTERS
from concepts.content import (
    ArtifactContent,
    ArtifactKind,
    QuizContent,
    TutorialContent,
)
from concepts.markdown.rendering import reading_minutes, render_markdown
from concepts.shuffling import shuffle_choices


@dataclass(frozen=True)
class Provenance:
    provider: str
    model: str
    language: str
    origin: str
    prompt_version: str = ""
    instruction: str = ""
    reviewed_on: date | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal | None = None


@dataclass(frozen=True)
class VersionDraft:
    """A finished artifact; `html` and `minutes` (of reading) are empty but for tutorials."""

    artifact_id: int
    concept_id: int
    kind: ArtifactKind
    content: ArtifactContent
    provenance: Provenance
    content_hash: str
    html: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class FailureDraft:
    """An artifact that will not be: `public` is read by learners, `detail` by operators.

    With `retry_seconds` it is not failed, but given back to be claimed again after that time.
    """

    artifact_id: int
    concept_id: int
    kind: ArtifactKind
    error_class: str
    public: str
    detail: str = ""
    retry_seconds: float | None = None


Draft = VersionDraft | FailureDraft


def draft_version(
    artifact_id: int,
    concept_id: int,
    kind: ArtifactKind,
    content: ArtifactContent,
    provenance: Provenance,
    *,
    seed: str,
) -> VersionDraft:
    """Prepare content for its rows; `seed` fixes the order of a quiz's choices."""
    html, minutes = "", 0
    if isinstance(content, TutorialContent) and len(content.markdown) <= TUTORIAL_MAX_CHARACTERS:
        # A longer one is refused by the database anyway, and rendering it would stop the loop.
        html, minutes = render_markdown(content.markdown), reading_minutes(content.markdown)
    elif isinstance(content, QuizContent):
        content = shuffle_choices(content, seed)
    return VersionDraft(
        artifact_id=artifact_id,
        concept_id=concept_id,
        kind=kind,
        content=content,
        provenance=provenance,
        content_hash=content_hash_of(content),
        html=html,
        minutes=minutes,
    )


def content_hash_of(content: ArtifactContent) -> str:
    # json escapes what UTF-8 cannot encode; refusing such text is the database's part.
    text = json.dumps(content.model_dump(warnings=False), sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def draft_failure(
    artifact_id: int,
    concept_id: int,
    kind: ArtifactKind,
    error: Exception,
    *,
    public: str,
    detail: str = "",
    retry_seconds: float | None = None,
) -> FailureDraft:
    """A failure whose texts can be stored, whatever the error quotes."""
    return FailureDraft(
        artifact_id=artifact_id,
        concept_id=concept_id,
        kind=kind,
        error_class=type(error).__name__,
        public=storable(public).strip() or "No reason was given.",
        detail=storable(detail),
        retry_seconds=retry_seconds,
    )


def storable(text: str) -> str:
    """The text with what PostgreSQL cannot hold made visible."""
    return (
        text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\N{REPLACEMENT CHARACTER}")
    )
