"""Search engines leave out what is not everybody's."""

from __future__ import annotations

import pytest
from django.test import Client

from roadmaps.models import Visibility
from tests.learning.library import concept_page, make_ready

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
