"""Lists of roadmaps in pages, newest first, whose cost does not grow with the length of the list.

Nothing is counted: a page knows whether another follows. It names the roadmap it ends with, and the
next one begins there, wherever that is. A page may also be asked for by its number alone; but the
database then reads all that comes before it, so only the first ones may.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.http import QueryDict

from roadmaps.models import Roadmap

# As far as a number alone leads.
FARTHEST = 20
NEWEST_FIRST = ("-created_at", "-id")

End = tuple[datetime, uuid.UUID]

_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_END = re.compile(r"([0-9]{1,17})-([0-9a-f]{32})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Place:
    """A page of a list: its number, and what the page before it ended with, if that is known."""

    number: int = 1
    end: End | None = None


@dataclass(frozen=True)
class Page:
    """`older` and `newer` are query strings of links, empty where there is no such page."""

    roadmaps: list[Roadmap]
    number: int = 1
    older: str = ""
    newer: str = ""


def read_place(query: QueryDict, name: str) -> Place:
    """Where a list named `name` shall begin; what makes no sense there is its beginning."""
    number = query.get(name, "")
    return Place(
        int(number) if _NUMBER.fullmatch(number) else 1, read_end(query.get(f"{name}_after", ""))
    )


def read_end(text: str) -> End | None:
    found = _END.fullmatch(text)
    if found is None:
        return None
    try:
        return _EPOCH + int(found[1]) * _MICROSECOND, uuid.UUID(hex=found[2])
    except OverflowError:
        return None


def write_end(roadmap: Roadmap) -> str:
    return f"{(roadmap.created_at - _EPOCH) // _MICROSECOND}-{roadmap.pk.hex}"


def take_page(roadmaps: QuerySet[Roadmap], query: QueryDict, name: str, *, size: int) -> Page:
    """The page that `query` asks for under `name`, and links that keep all else it says."""
    place = read_place(query, name)
    found = _from_place(roadmaps.order_by(*NEWEST_FIRST), place, size)
    shown = found[:size]
    older = {name: place.number + 1, f"{name}_after": write_end(shown[-1])} if found[size:] else {}
    newer = {name: place.number - 1} if 1 < place.number <= FARTHEST + 1 else {name: 1}
    return Page(
        shown,
        place.number,
        older=_link(query, name, older) if older else "",
        newer=_link(query, name, newer) if place != Place() else "",
    )


def _from_place(roadmaps: QuerySet[Roadmap], place: Place, size: int) -> list[Roadmap]:
    """The roadmaps of a page, and the next one to know that there is one."""
    if place == Place():
        return list(roadmaps[: size + 1])
    end = place.end or _find_end(roadmaps, place.number - 1, size)
    return [] if end is None else list(behind(roadmaps, end)[: size + 1])


def behind(roadmaps: QuerySet[Roadmap], end: End) -> QuerySet[Roadmap]:
    """As one comparison of rows: the index is entered where a page begins."""
    return roadmaps.filter(TupleLessThan(Tuple(F("created_at"), F("id")), end))


def _find_end(roadmaps: QuerySet[Roadmap], number: int, size: int) -> End | None:
    """What page `number` ends with: found in the index alone."""
    if not 0 < number < FARTHEST:
        return None
    return roadmaps.values_list("created_at", "id")[number * size - 1 :].first()


def _link(query: QueryDict, name: str, changes: dict[str, Any]) -> str:
    kept = {key: value for key, value in query.items() if key not in {name, f"{name}_after"}}
    return urlencode(kept | changes)
