"""What may be asked for here: anything, or what is built in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from concepts.languages.tags import is_same_language
from concepts.times import Times
from generation.port.outline import Outline
from generation.port.request import OutlineRequest
from generation.providers.catalogue import CatalogueRoadmap, find_roadmap, load_catalogue
from learning.cairns import draw_card
from learning.home.lists import list_made_of
from roadmaps.models import Roadmap


@dataclass(frozen=True)
class Offer:
    """A built-in roadmap: its title is a goal that is answered."""

    title: str
    summary: str
    language: str
    level: str
    concepts: int
    times: Times
    picture: SafeString
    # All that it answers to.
    goals: tuple[str, ...] = ()
    # Where it is read already; empty where it has to be asked for.
    address: str = ""

    def is_found_by(self, search: str) -> bool:
        """Whether each word of a search is in what it is called or about."""
        said = " ".join([self.title, self.summary, *self.goals]).casefold()
        return all(word in said for word in search.casefold().split())


def writes_to_order() -> bool:
    """Whether somebody's own goal can be answered, or only those that are built in."""
    return bool(settings.CONTENT_PROVIDER != "catalogue")


@dataclass(frozen=True)
class Suggestion:
    """A goal to ask for instead; `address` where it is read already."""

    goal: str
    address: str = ""


def list_offers(shown: Iterable[Roadmap] = (), *, are_all: bool = False) -> list[Offer]:
    """The files were read once. Public ones that are nobody's are what operators had written: an
    offer leads there. The database is asked for those that the page does not show anyway, and not
    where it shows all that there `are`."""
    built_in = load_catalogue()
    written = _by_title(shown)
    missing = [one for one in built_in if _title(one) not in written]
    if missing and not are_all:
        written |= _by_title(_list_written(missing))
    return [_offer(one, written.get(_title(one))) for one in built_in]


def find_offers(offers: Iterable[Offer], search: str, shown: Iterable[Roadmap]) -> list[Offer]:
    """What a search finds of them, besides what it finds in the list."""
    listed = {roadmap.get_absolute_url() for roadmap in shown}
    return [
        offer
        for offer in offers
        if search and offer.address not in listed and offer.is_found_by(search)
        if offer.address or not writes_to_order()
    ]


def drop_shown(
    offers: Iterable[Offer], search: str, shown: Sequence[Roadmap], found: Sequence[Offer]
) -> list[Offer]:
    """Those that stand nowhere else on the page; none above what a search has found."""
    if search and (shown or found):
        return []
    listed = {roadmap.get_absolute_url() for roadmap in shown}
    return [offer for offer in offers if offer.address not in listed and offer not in found]


def find_written(wanted: OutlineRequest) -> Roadmap | None:
    """What is built in and there already, by whichever name somebody asks for it: they are led to
    it, and no copy is made. Whoever has a pace of their own gets one; where a model writes, a goal
    is written as it was typed."""
    built_in = None if writes_to_order() else find_roadmap(wanted.goal)
    if built_in is None or not _is_as_wished(built_in.outline, wanted):
        return None
    return _by_title(_list_written([built_in])).get(_title(built_in))


def _is_as_wished(outline: Outline, wanted: OutlineRequest) -> bool:
    return (
        wanted.level in {None, outline.level}
        and (wanted.language is None or is_same_language(wanted.language, outline.language))
        and wanted.hours_per_week is None
        and wanted.target_date is None
    )


def _list_written(built_in: Iterable[CatalogueRoadmap]) -> QuerySet[Roadmap]:
    return list_made_of([goal for one in built_in for goal in (one.outline.title, *one.goals)])


def list_suggestions(goals: Sequence[str], offers: Iterable[Offer]) -> list[Suggestion]:
    """Each leads to the thing itself: to what is written, or to its being written."""
    addresses = {offer.title: offer.address for offer in offers}
    return [Suggestion(goal, addresses.get(goal, "")) for goal in goals]


def _by_title(roadmaps: Iterable[Roadmap]) -> dict[tuple[str, str], Roadmap]:
    return {(one.title, one.language): one for one in roadmaps if one.owner_id is None}


def _title(built_in: CatalogueRoadmap) -> tuple[str, str]:
    return built_in.outline.title, built_in.outline.language


def _offer(built_in: CatalogueRoadmap, written: Roadmap | None) -> Offer:
    outline = built_in.outline
    count = len(outline.concepts())
    return Offer(
        outline.title,
        outline.summary,
        outline.language,
        outline.level,
        count,
        outline.total_times(),
        SafeString(draw_card(outline.title, count)),
        built_in.goals,
        written.get_absolute_url() if written else "",
    )
