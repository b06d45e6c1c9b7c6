"""Writing the structure of a roadmap."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import IntegrityError, transaction

from roadmaps.bounds import GOAL_KEY_MAX_CHARACTERS, INDEXED_MAX_BYTES, TITLE_MAX_CHARACTERS
from roadmaps.models import Roadmap, Visibility
from roadmaps.slugs import make_slug
from roadmaps.text import text_key

# Later ones get a random end: whoever looked at all that begin alike would read more and more.
NUMBERED_SLUGS = 9


def create_roadmap(*, goal: str, **fields: Any) -> Roadmap:
    """Open an empty roadmap; its title is the goal until an outline gives it a better one.

    Several that are created at once may choose the same slug: the slower ones leave the count
    and take a random one, and so do all after the first few. An unlisted roadmap has an address
    that nobody can guess.
    """
    if fields.get("visibility") == Visibility.UNLISTED:
        return _create(goal, make_slug(goal, fallback="roadmap"), fields)
    try:
        return _create(goal, _free_slug(goal), fields)
    except IntegrityError:
        return _create(goal, _random_slug(goal), fields)


def goal_key(goal: str) -> str:
    """What two goals share that read the same; folding can make a text many times as long, and an
    index holds it, who counts bytes and cannot press every text together."""
    key = text_key(goal)[:GOAL_KEY_MAX_CHARACTERS].encode("utf-8", "ignore")
    return key[:INDEXED_MAX_BYTES].decode("utf-8", "ignore")


def _create(goal: str, slug: str, fields: dict[str, Any]) -> Roadmap:
    with transaction.atomic():
        return Roadmap.objects.create(
            goal=goal,
            goal_key=goal_key(goal),
            title=goal[:TITLE_MAX_CHARACTERS],
            slug=slug,
            **fields,
        )


def _free_slug(goal: str) -> str:
    slug = make_slug(goal, fallback="roadmap")
    numbered = [slug, *(f"{slug}-{number}" for number in range(2, NUMBERED_SLUGS + 1))]
    taken = set(Roadmap.objects.filter(slug__in=numbered).values_list("slug", flat=True))
    free = [candidate for candidate in numbered if candidate not in taken]
    return free[0] if free else _random_slug(goal)


def _random_slug(goal: str) -> str:
    return f"{make_slug(goal, fallback='roadmap')}-{secrets.token_hex(4)}"
