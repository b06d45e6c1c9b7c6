"""Writing the structure of a roadmap."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import IntegrityError, transaction

from roadmaps.models import GOAL_KEY_MAX_CHARACTERS, TITLE_MAX_CHARACTERS, Roadmap, Visibility
from roadmaps.slugs import SLUG_MAX_CHARACTERS, SlugNumbers, make_slug
from roadmaps.text import text_key

# 128 bits.
SECRET_BYTES = 16


def create_roadmap(*, goal: str, **fields: Any) -> Roadmap:
    """Open an empty roadmap; its title is the goal until an outline gives it a better one.

    Several that are created at once may choose the same slug: the slower ones leave the count
    and take a random one. The address of an unlisted roadmap is its secret.
    """
    if fields.get("visibility") == Visibility.UNLISTED:
        return _create(goal, _secret_slug(goal), fields)
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


def _secret_slug(goal: str) -> str:
    secret = secrets.token_hex(SECRET_BYTES)
    room = SLUG_MAX_CHARACTERS - len(secret) - 1
    slug = make_slug(goal, fallback="roadmap")[:room].rstrip("-_")
    return f"{slug}-{secret}"


def _free_slug(goal: str) -> str:
    slug = make_slug(goal, fallback="roadmap")
    taken = set(
        Roadmap.objects.filter(slug__startswith=slug).order_by().values_list("slug", flat=True)
    )
    return SlugNumbers(taken).take(goal, fallback="roadmap")
