"""Roadmaps as they are listed, drawn and shared."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.models import User
from concepts.times import Times
from learning.cairns import draw_card
from learning.home.cards import Card
from learning.home.offers import list_offers
from learning.progress.overview import Work
from learning.progress.totals import Progress
from learning.roadmap.scene import draw_plan, draw_progress
from learning.styleguide.cast import (
    make_concept,
    make_long_plan,
    make_plan,
    make_roadmap,
    make_user,
)
from learning.styleguide.sample import Component, Sample
from roadmaps.models import Roadmap

CARDS = "includes/roadmap_list.html"
OFFER = "includes/offer_way.html"
CONTROLS = "learning/sharing/_controls.html"
PLAN = "includes/plan.html"


def list_components() -> list[Component]:
    return [
        Component("Lists of roadmaps", _cards()),
        Component("The way to what is built in", _offers()),
        Component("Roadmaps in work", _work()),
        Component("A roadmap, drawn", _drawn()),
        Component("A roadmap, listed", _plans()),
        Component("What may be done to a roadmap", _controls()),
    ]


def _cards() -> list[Sample]:
    whole = make_roadmap(1)
    unplanned = make_roadmap(3, "Waiting to be planned", concept_count=0, minutes=0, summary="")
    failed = make_roadmap(4, "Not all of it could be written", is_readable=False)
    foreign = make_roadmap(5, "عُقَد البحّارة", language="ar", summary="من أول عقدة إلى آخرها.")
    cards = [
        _card(whole, 0),
        _card(make_roadmap(2, "Half of it is done"), 11),
        _card(make_roadmap(6, "All of it is done"), 24),
        _card(unplanned, 0),
        _card(failed, 0),
        _card(foreign, 3),
    ]
    return [Sample("ready, begun, finished, not planned, not complete", CARDS, {"cards": cards})]


def _card(roadmap: Roadmap, through: int) -> Card:
    picture = SafeString(draw_card(str(roadmap.pk), roadmap.concept_count, through))
    progress = Progress(through, roadmap.concept_count)
    step = make_concept() if 0 < through < roadmap.concept_count else None
    times = Times(190, 190, 700) if roadmap.concept_count else Times()
    return Card(roadmap, progress, picture, times, step)


def _offers() -> list[Sample]:
    [asked, *_rest] = list_offers(are_all=True)
    written = replace(asked, address="/roadmaps/knots/")
    return [
        Sample("it can be read", OFFER, {"offer": written}),
        Sample("it is written when it is asked for", OFFER, {"offer": asked}),
    ]


def _work() -> list[Sample]:
    begun = Work(make_roadmap(), Progress(11, 24), make_concept(), 2)
    finished = Work(make_roadmap(), Progress(24, 24), None, 0)
    return [
        Sample("begun, and some of it has changed", "learning/_work.html", {"one": begun}),
        Sample("finished", "learning/_work.html", {"one": finished}),
    ]


def _drawn() -> list[Sample]:
    plan = make_plan()
    shown = "learning/styleguide/picture.html"
    return [
        Sample("the small cairn", shown, {"picture": draw_progress(plan)}, around="pile"),
        Sample("every state", shown, {"picture": draw_plan(plan)}, around="picture"),
    ]


def _plans() -> list[Sample]:
    said = {"roadmap": make_roadmap()}
    return [
        Sample("every state", PLAN, {"plan": make_plan(), **said}, around="listing"),
        Sample("long, folded", PLAN, {"plan": make_long_plan(), **said}, around="listing"),
    ]


def _controls() -> list[Sample]:
    owned = make_roadmap(owner_id=1)
    copied = make_roadmap(copied_title="Knots for large ships")
    return [
        Sample("a visitor", CONTROLS, {"roadmap": owned, "request": _asked_by(AnonymousUser())}),
        Sample("its owner", CONTROLS, {"roadmap": owned, "request": _asked_by(make_user())}),
        Sample("a copy", CONTROLS, {"roadmap": copied, "request": _asked_by(AnonymousUser())}),
    ]


def _asked_by(visitor: User | AnonymousUser) -> HttpRequest:
    request = HttpRequest()
    request.user = visitor
    request.session = {}  # type: ignore[assignment]
    return request
