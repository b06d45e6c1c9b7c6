"""Writing the structure of a roadmap."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from roadmaps.models import Roadmap
from roadmaps.slugs import make_slug, unique_slug
from roadmaps.text import text_key

_SLUG_ATTEMPTS = 5


def create_roadmap(*, goal: str, **fields: Any) -> Roadmap:
    """Open an empty roadmap; its title is the goal until an outline gives it a better one.

    Two that are created at once may choose the same slug: the slower one chooses again.
    """
    for attempt in range(_SLUG_ATTEMPTS):
        try:
            with transaction.atomic():
                return Roadmap.objects.create(
                    goal=goal,
                    goal_key=text_key(goal),
                    title=goal,
                    slug=_free_slug(goal),
                    **fields,
                )
        except IntegrityError:
            if attempt == _SLUG_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _free_slug(goal: str) -> str:
    slug = make_slug(goal, fallback="roadmap")
    taken = set(
        Roadmap.objects.filter(slug__startswith=slug).order_by().values_list("slug", flat=True)
    )
    return unique_slug(goal, taken, fallback="roadmap")
