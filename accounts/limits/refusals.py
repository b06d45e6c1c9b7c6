"""Telling a learner that it is enough for now, and from when on it is not."""

from __future__ import annotations

import math
import zoneinfo
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.json_errors import json_error, wants_json
from accounts.limits.rules import counted
from accounts.limits.windows import Full, Places, Window

Words = str | Promise


class LimitReached(Exception):
    """429. `words` may hold `%(when)s`; `seconds` until it is worth trying again."""

    status = 429

    def __init__(self, words: Words, seconds: float) -> None:
        super().__init__(str(words))
        self.words = words
        self.seconds = max(1, math.ceil(seconds))


class Closed(Exception):
    """403: nobody may, or not without an account, and waiting does not help."""

    status = 403

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


def take_places(windows: Sequence[Window], *, words: Words, closed: Words) -> Places:
    """A place in each window, or in none. Raises LimitReached; Closed where one holds nothing."""
    if not all(window.most for window in windows):
        raise Closed(closed)
    try:
        return counted().take(*windows)
    except Full as full:
        raise LimitReached(words, full.seconds) from None


def refuse(
    request: HttpRequest, refusal: LimitReached | Closed, show: Callable[[str], HttpResponse]
) -> HttpResponse:
    """For people the page that `show` makes of a sentence, for programs the one shape of errors."""
    seconds = getattr(refusal, "seconds", 0)
    words = str(refusal.words) % {"when": say_when(seconds, time_zone_of(request))}
    if wants_json(request):
        response: HttpResponse = json_error(refusal.status, words)
    else:
        response = show(words)
    response.status_code = refusal.status
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def time_zone_of(request: HttpRequest) -> zoneinfo.ZoneInfo | None:
    """An account's; nobody knows a stranger's."""
    name = getattr(request.user, "time_zone", "")
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None


def say_when(seconds: float, zone: zoneinfo.ZoneInfo | None) -> str:
    """In how long, rounded up; and at what time, where the zone is known."""
    if seconds <= 90:
        wait = ngettext("in %(count)d second", "in %(count)d seconds", math.ceil(seconds))
        count = math.ceil(seconds)
    elif seconds <= 90 * 60:
        count = math.ceil(seconds / 60)
        wait = ngettext("in %(count)d minute", "in %(count)d minutes", count)
    else:
        count = math.ceil(seconds / 3_600)
        wait = ngettext("in %(count)d hour", "in %(count)d hours", count)
    if zone is None:
        return wait % {"count": count}
    # The minute after, so that whoever comes then is not sent away once more.
    at = timezone.now().astimezone(zone) + timedelta(seconds=seconds + 59)
    return (wait % {"count": count}) + _(" (at %(time)s, %(zone)s)") % {
        "time": at.strftime("%H:%M"),
        "zone": zone.key.replace("_", " "),
    }
