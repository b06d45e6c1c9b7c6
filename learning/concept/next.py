"""What somebody opens is written next."""

from __future__ import annotations

from django.http import HttpRequest

from generation.runs.raising import raise_concept, raise_unplanned
from learning.concept.snapshot import Snapshot

# What a browser, or a script of ours, asks for ahead of time, or again and again.
_AHEAD = ("X-Prefetch", "Sec-Purpose", "Purpose", "X-Moz")


def has_opened(request: HttpRequest) -> bool:
    """Whether a person looks at the page; what is only asked ahead has no effect."""
    said = {name: request.headers.get(name, "")[:100].lower() for name in _AHEAD}
    is_ahead = "X-Prefetch" in request.headers or any("prefetch" in one for one in said.values())
    return request.method == "GET" and not is_ahead


def write_next(snapshot: Snapshot) -> bool:
    """Nothing is asked of the database where nothing is written before it."""
    if not (snapshot.is_being_written and snapshot.run):
        return False
    if snapshot.planning is not None:
        is_first = snapshot.planning.is_first
        return not is_first and raise_unplanned(snapshot.run.pk, snapshot.concept.pk)
    if not snapshot.before:
        return False
    return raise_concept(snapshot.run.pk, snapshot.concept.pk)
