"""Lists of roadmaps for programs: public ones and one's own, newest first, in pages."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet

from learning.home.lists import list_own_roadmaps, list_public_roadmaps
from learning.home.paging import NEWEST_FIRST, End, behind
from roadmaps.access import Visitor
from roadmaps.makers import made_roadmaps
from roadmaps.models import Roadmap
from roadmaps.titles import titled


@dataclass(frozen=True)
class Found:
    """A page, and whether another follows."""

    roadmaps: list[Roadmap]
    has_more: bool


def list_roadmaps(
    visitor: Visitor, session: SessionBase, *, whose: str, search: str, end: End | None, size: int
) -> Found:
    """Each list is read by its own index, and only as far as the page goes."""
    own = list_own_roadmaps(visitor, made_roadmaps(session))
    lists = {
        "own": [own.filter(titled(search)) if search else own],
        "public": [list_public_roadmaps(search)],
    }
    chosen = lists.get(whose) or [*lists["own"], *lists["public"]]
    pages = [_read_page(roadmaps, end, size) for roadmaps in chosen]
    merged = heapq.merge(*pages, key=lambda one: (one.created_at, one.pk), reverse=True)
    found = _each_once(merged)
    return Found(found[:size], has_more=len(found) > size)


def _read_page(roadmaps: QuerySet[Roadmap], end: End | None, size: int) -> list[Roadmap]:
    ordered = roadmaps.order_by(*NEWEST_FIRST)
    return list((behind(ordered, end) if end else ordered)[: size + 1])


def _each_once(roadmaps: Iterable[Roadmap]) -> list[Roadmap]:
    """One's own that is public stands in both."""
    return list({roadmap.pk: roadmap for roadmap in roadmaps}.values())
