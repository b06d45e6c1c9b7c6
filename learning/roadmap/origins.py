"""Who wrote a roadmap, in one true sentence."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from concepts.models import Origin
from learning.roadmap.plan import Writing
from learning.templatetags.content import day as say_day

# More names than these nobody reads.
MOST_WRITERS = 3


def describe_writing(writings: Iterable[Writing]) -> str:
    """Empty while nothing is written."""
    parts = [one for one in writings if one.origin == Origin.AUTHORED]
    written = [one for one in writings if one.origin != Origin.AUTHORED]
    said = [_of_built_in(parts)] if parts else []
    return " ".join([*said, _of_generated(written)] if written else said)


def _of_built_in(parts: list[Writing]) -> str:
    """What was done to it: code is run where there is any, and nothing else is claimed."""
    has_code = any(part.has_code for part in parts)
    days = [part.reviewed_on for part in parts if part.reviewed_on is not None]
    if len(days) < len(parts):
        return (
            _("Built in: code run, quizzes checked; not all of it has been read yet.")
            if has_code
            else _("Built in: quizzes checked; not all of it has been read yet.")
        )
    first, last = min(days), max(days)
    if first == last:
        return _read_on(say_day(last), has_code=has_code)
    days_read = {"first": say_day(first), "last": say_day(last)}
    words = (
        _("Built in: code run, quizzes checked, read from %(first)s to %(last)s.")
        if has_code
        else _("Built in: quizzes checked, read from %(first)s to %(last)s.")
    )
    return words % days_read


def _read_on(day: str, *, has_code: bool) -> str:
    words = (
        _("Built in: code run, quizzes checked, read on %(day)s.")
        if has_code
        else _("Built in: quizzes checked, read on %(day)s.")
    )
    return words % {"day": day}


def _of_generated(parts: list[Writing]) -> str:
    names = sorted({part.writer for part in parts})[:MOST_WRITERS]
    values = {"writer": ", ".join(names)}
    if all(part.reviewed_on is not None for part in parts):
        return _("Written by %(writer)s, and reviewed since.") % values
    if any(part.reviewed_on is not None for part in parts):
        return _("Written by %(writer)s; not all of it has been reviewed.") % values
    return _("Written by %(writer)s, not reviewed.") % values
