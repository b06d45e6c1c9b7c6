"""The caps of this process, one for each database."""

from __future__ import annotations

import inspect
import threading
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_started

from connection_budget.cap.cap import Cap, CapReached
from connection_budget.cap.limits import count_of, is_testing, limit_for
from connection_budget.cap.places import Keeper, Place
from connection_budget.cap.reserve import take_on_reserve
from connection_budget.conf import get_role, get_wait_seconds
from connection_budget.forks import call_in_forked_child
from connection_budget.spawned import count_spawned_on_reserve


class _Caps:
    def __init__(self) -> None:
        self._by_alias: dict[str, Cap] = {}
        self._start_afresh()
        call_in_forked_child(self._start_afresh)

    def of(self, alias: str) -> Cap:
        with self._lock:
            if alias not in self._by_alias:
                self._by_alias[alias] = Cap(alias, partial(limit_for, alias))
            return self._by_alias[alias]

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        inherited, self._by_alias = self._by_alias, {}
        for cap in inherited.values():
            cap.forget()


_caps = _Caps()
cap_of = _caps.of


def take_place(alias: str, keeper: Keeper | None = None) -> Place:
    """Wait CONNECTION_BUDGET_WAIT_SECONDS for a place, and a command as long for one of the
    reserve. Raises `CapReached`."""
    where = _caller() if settings.DEBUG or not apps.ready else ""
    if not apps.ready:
        _while_loading.append(where)
    place = cap_of(count_of(alias)).take(keeper, seconds=get_wait_seconds(), where=where)
    try:
        place.on_reserve = take_on_reserve()
    except CapReached as error:
        place.fail(error)
        raise
    _begin_to_work()
    return place


@cache
def _begin_to_work() -> None:
    """What it starts from now on is none of its role. Others begin elsewhere: they may ask the
    database before they fork those who work."""
    kind = get_role().kind
    if not (kind.has_main or kind.serves_pages or is_testing()):
        count_spawned_on_reserve()


def begin_with_first_request() -> None:
    """A process that serves pages works from then on, whichever server runs it."""
    request_started.connect(_serve, dispatch_uid=_SERVES)


def _serve(**_: Any) -> None:
    request_started.disconnect(dispatch_uid=_SERVES)
    with suppress(ImproperlyConfigured):  # a project without a budget
        if not is_testing():
            count_spawned_on_reserve()


_SERVES = "connection_budget.cap.process"


# Where connections were asked for before the project was loaded: a system check tells.
_while_loading: list[str] = []


def opened_while_loading() -> list[str]:
    return list(_while_loading)


def _caller() -> str:
    """The line of the project that wants a connection."""
    frame = inspect.currentframe()
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_OURS) and not any(part in file for part in _LIBRARIES):
            return f"{file}:{frame.f_lineno} in {frame.f_code.co_name}"
        frame = frame.f_back
    return ""


_OURS = str(Path(__file__).parents[1])
_LIBRARIES = "/django/", "/asgiref/", "/concurrent/futures/", "/threading.py", "/contextlib.py"
