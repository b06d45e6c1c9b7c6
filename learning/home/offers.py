"""What may be asked for here: anything, or what is built in."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString

from generation.providers.catalogue import load_catalogue
from learning.cairns import draw_card


@dataclass(frozen=True)
class Offer:
    """A built-in roadmap: its title is a goal that is answered."""

    title: str
    summary: str
    language: str
    level: str
    concepts: int
    minutes: int
    picture: SafeString


def writes_to_order() -> bool:
    """Whether somebody's own goal can be answered, or only those that are built in."""
    return bool(settings.CONTENT_PROVIDER != "catalogue")


def list_offers() -> list[Offer]:
    """Reads no database; the files were read once."""
    outlines = [roadmap.outline for roadmap in load_catalogue()]
    return [
        Offer(
            outline.title,
            outline.summary,
            outline.language,
            outline.level,
            len(outline.concepts()),
            outline.total_minutes(),
            SafeString(draw_card(outline.title, len(outline.concepts()))),
        )
        for outline in outlines
    ]
