"""Search engines leave out what is not everybody's."""

from __future__ import annotations

import pytest
from django.test import Client

from roadmaps.models import Visibility
from tests.learning.library import concept_page, make_ready
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("visibility", "tag"), [(Visibility.PUBLIC, None), (Visibility.UNLISTED, "noindex")]
)
def test_unlisted_pages_are_not_indexed(
    client: Client, visibility: Visibility, tag: str | None
) -> None:
    run = make_ready(visibility=visibility)
    pages = (run.roadmap.get_absolute_url(), concept_page(run), run.get_absolute_url())
    for page in (*pages, f"{run.get_absolute_url()}events/"):
        answer = client.get(page)
        assert (answer.status_code, answer.headers.get("X-Robots-Tag")) == (200, tag)


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
def test_no_page_about_such_a_roadmap_is_indexed(visibility: Visibility) -> None:
    """Whatever stands under its address, those about what may be done to it, too."""
    visitors = make_visitors()
    run = make_ready(owner=visitors.alice, visibility=visibility)
    client, page = visitors.client("alice"), run.roadmap.get_absolute_url()
    concept = concept_page(run).removeprefix(page)
    acts = [f"{page}-/{act}/" for act in ("fork", "visibility", "delete")]
    acts += [f"{page}-/{act}/{concept}" for act in ("note", "report", "quiz", "rewrite")]
    for address in (page, concept_page(run), run.get_absolute_url(), *acts):
        answer = client.get(address)
        found = (answer.status_code, answer.headers.get("X-Robots-Tag"))
        assert found == (200, "noindex"), address
