from __future__ import annotations

import pytest

from roadmaps.models import Roadmap, Visibility
from roadmaps.services import create_roadmap
from roadmaps.slugs import SLUG_MAX_CHARACTERS

pytestmark = pytest.mark.django_db


def make(goal: str, visibility: Visibility) -> Roadmap:
    return create_roadmap(goal=goal, visibility=visibility)


def test_the_address_of_an_unlisted_roadmap_cannot_be_guessed() -> None:
    one, other = (make("Tying knots", Visibility.UNLISTED).slug for _ in range(2))
    assert one != other
    assert len(one.removeprefix("tying-knots-")) * 4 >= 128


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.PRIVATE])
def test_other_addresses_stay_readable(visibility: Visibility) -> None:
    assert make("Tying knots", visibility).slug == "tying-knots"


@pytest.mark.parametrize("goal", ["knot " * 99, "日" * 500, "🪢"])
def test_a_long_or_nameless_goal_leaves_room_for_the_secret(goal: str) -> None:
    slug = make(goal, Visibility.UNLISTED).slug
    assert len(slug) <= SLUG_MAX_CHARACTERS
    assert len(slug.rpartition("-")[2]) == 32
