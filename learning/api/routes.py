"""The API's part about what can be read, and how far the one who asks is with it."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.json_errors import WrongFields, refusals
from learning.api import shapes
from learning.api.lists import list_roadmaps
from learning.api.reading import tell_concept, tell_line, tell_roadmap
from learning.home.paging import End, read_end, write_end
from learning.learners import of_visitor
from learning.progress.totals import measure_progress
from learning.times import times_of
from roadmaps.access import find_visible_roadmap
from roadmaps.makers import made_roadmaps
from roadmaps.models import Roadmap
from roadmaps.titles import SEARCH_MAX_CHARACTERS, tidy_search

ROADMAPS_ON_A_PAGE, MOST_ROADMAPS = 30, 100

router = Router(tags=["roadmaps"])


@router.get(
    "roadmaps",
    response={200: shapes.RoadmapPage} | refusals(422),
    operation_id="list_roadmaps",
    url_name="list_roadmaps",
)
def show_roadmaps(
    request: HttpRequest,
    q: Annotated[str, Query("", max_length=SEARCH_MAX_CHARACTERS, description="In the title.")],
    whose: Annotated[Literal["all", "own", "public"], Query("all")],
    limit: Annotated[int, Query(ROADMAPS_ON_A_PAGE, ge=1, le=MOST_ROADMAPS)],
    after: Annotated[str, Query("", max_length=64, description="As `next` has it.")],
) -> Any:
    """What everybody may read, and what is yours, newest first."""
    found = list_roadmaps(
        request.user,
        request.session,
        whose=whose,
        search=tidy_search(q),
        end=_read_after(after),
        size=limit,
    )
    progress = measure_progress(found.roadmaps, of_visitor(request.user, request.session))
    lines = [
        tell_line(one, progress[one.pk], times_of(one), is_own=_is_own(request, one))
        for one in found.roadmaps
    ]
    follows = {"q": q, "whose": whose, "limit": limit, "after": ""}
    if found.has_more:
        follows["after"] = write_end(found.roadmaps[-1])
    address = f"{settings.SITE_URL}{reverse('api:list_roadmaps')}?{urlencode(follows)}"
    return {"roadmaps": lines, "next": address if found.has_more else None}


@router.get(
    "roadmaps/{uuid:roadmap_id}",
    response={200: shapes.RoadmapOut} | refusals(404),
    operation_id="get_roadmap",
    url_name="get_roadmap",
)
def show_roadmap(request: HttpRequest, roadmap_id: uuid.UUID) -> Any:
    """A roadmap with its stages, modules and concepts, and how far you are."""
    roadmap = find_visible_roadmap(request.user, roadmap_id)
    theirs = of_visitor(request.user, request.session)
    return tell_roadmap(roadmap, theirs, is_own=_is_own(request, roadmap))


@router.get(
    "roadmaps/{uuid:roadmap_id}/concepts/{uuid:concept_id}",
    response={200: shapes.ConceptOut} | refusals(404),
    operation_id="get_concept",
    url_name="get_concept",
)
def show_concept(request: HttpRequest, roadmap_id: uuid.UUID, concept_id: uuid.UUID) -> Any:
    """A concept with its tutorial, its resources, and its quiz without the answers."""
    roadmap = find_visible_roadmap(request.user, roadmap_id)
    return tell_concept(roadmap, concept_id, of_visitor(request.user, request.session))


def _read_after(after: str) -> End | None:
    end = read_end(after)
    if after and end is None:
        raise WrongFields({"after": _("This is no place in the list: take what `next` says.")})
    return end


def _is_own(request: HttpRequest, roadmap: Roadmap) -> bool:
    if request.user.is_authenticated:
        return bool(roadmap.owner_id == request.user.pk)
    return roadmap.owner_id is None and str(roadmap.pk) in made_roadmaps(request.session)
