"""What may be asked for here: anything, or what is built in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString

from concepts.times import Times
from generation.providers.catalogue import load_catalogue
from learning.cairns import draw_card
from roadmaps.models import Roadmap


@dataclass(frozen=True)
class Offer:
    """A built-in roadmap: its title is a goal that is answered."""

    title: str
    summary: str
    language: str
    level: str
    concepts: int
    times: Times
    picture: SafeString
    # Where it is read already; empty where it has to be asked for.
    address: str = ""


def writes_to_order() -> bool:
    """Whether somebody's own goal can be answered, or only those that are built in."""
    return bool(settings.CONTENT_PROVIDER != "catalogue")


def list_offers(shown: Iterable[Roadmap] = ()) -> list[Offer]:
    """Reads no database; the files were read once. Of the public ones that the page shows anyway,
    those that are nobody's are what operators had written: an offer leads there."""
    outlines = [roadmap.outline for roadmap in load_catalogue()]
    written = {(one.title, one.language): one for one in shown if one.owner_id is None}
    return [
        Offer(
            outline.title,
            outline.summary,
            outline.language,
            outline.level,
            len(outline.concepts()),
            outline.total_times(),
            SafeString(draw_card(outline.title, len(outline.concepts()))),
            one.get_absolute_url()
            if (one := written.get((outline.title, outline.language)))
            else "",
        )
        for outline in outlines
    ]
