"""Writing the structure of a roadmap."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import IntegrityError, transaction

from roadmaps.models import GOAL_KEY_MAX_CHARACTERS, TITLE_MAX_CHARACTERS, Roadmap, Visibility
from roadmaps.slugs import SlugNumbers, make_slug
from roadmaps.text import text_key


def create_roadmap(*, goal: str, **fields: Any) -> Roadmap:
    """Open an empty roadmap; its title is the goal until an outline gives it a better one.

    Several that are created at once may choose the same slug: the slower ones leave the count
    and take a random one. An unlisted roadmap has an address that nobody can guess.
    """
    if fields.get("visibility") == Visibility.UNLISTED:
        return _create(goal, make_slug(goal, fallback="roadmap"), fields)
    try:
        return _create(goal, _free_slug(goal), fields)
    except IntegrityError:
        slug = make_slug(goal, fallback="roadmap")
        return _create(goal, f"{slug}-{secrets.token_hex(4)}", fields)


def goal_key(goal: str) -> str:
    """What two goals share that read the same; folding can make a text many times as long."""
    return text_key(goal)[:GOAL_KEY_MAX_CHARACTERS]


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
    taken = set(
        Roadmap.objects.filter(slug__startswith=slug).order_by().values_list("slug", flat=True)
    )
    return SlugNumbers(taken).take(goal, fallback="roadmap")
