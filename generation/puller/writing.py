"""Turning one piece of work into a draft."""

from __future__ import annotations

from concepts.content import CONTENT_TYPES, ArtifactKind
from generation.port.errors import (
    ContentError,
)


def check_type(kind: ArtifactKind, content: object) -> None:
    """Raises ContentError when a provider answered something else than it was asked."""
    if not isinstance(content, CONTENT_TYPES[kind]):
        raise ContentError(
            f"What came back is no {kind.value}.", detail=f"a {type(content).__name__}"
        )
