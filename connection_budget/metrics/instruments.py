"""Counters, gauges and histograms that are right across processes, threads and forks.

Declared at import, made at the first use: a command that measures nothing writes no file. With
METRICS_DIRECTORY in the settings, a scrape of any process shows the sums of all; without, it shows
its own process alone. Where prometheus_client is not installed nothing is measured.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
NOT_MEASURED = b"# Nothing is measured: prometheus-client is not installed.\n"

# Held for every change of a value. prometheus_client has a lock of its own, which a fork could
# catch locked; with this one around it, a fork waits until nobody is inside.
guard = threading.RLock()

_declared: list[Instrument] = []


@functools.cache
def _store() -> Any:
    """The module that keeps the values; None where there is nothing to keep them in."""
    if find_spec("prometheus_client") is None:
        return None
    return import_module("connection_budget.metrics.prometheus")


class Instrument:
    kind = ""

    def __init__(self, name: str, text: str, labels: Sequence[str] = (), **options: Any) -> None:
        self.name, self.text, self.labels, self._options = name, text, tuple(labels), options
        self._metric: Any = None
        _declared.append(self)

    def make(self) -> Any:
        """The metric behind it, in files of this process; None where none can be. Call with the
        guard held. Raises OSError."""
        if not _store().enter():
            return None
        if self._metric is None:
            self._metric = _store().make(
                self.kind, self.name, self.text, self.labels, **self._options
            )
        return self._metric

    def _change(self, method: str, value: float, labels: dict[str, str]) -> None:
        """No measurement is worth failing what it measures: a full disk is told, once."""
        if _store() is None:
            return
        try:
            with guard:
                if (metric := self.make()) is not None:
                    getattr(metric.labels(**labels) if labels else metric, method)(value)
        except OSError as error:
            _store().measure_alone(error)


class Counter(Instrument):
    """Only ever grows, also when the process that counted is gone."""

    kind = "Counter"

    def add(self, number: float = 1, **labels: str) -> None:
        self._change("inc", number, labels)


class Gauge(Instrument):
    """A present state. `across` says what a scrape makes of several living processes."""

    kind = "Gauge"

    def __init__(
        self,
        name: str,
        text: str,
        labels: Sequence[str] = (),
        *,
        across: Literal["livesum", "livemax", "livemostrecent"] = "livesum",
    ) -> None:
        super().__init__(name, text, labels, multiprocess_mode=across)

    def set(self, value: float, **labels: str) -> None:
        self._change("set", value, labels)

    def add(self, number: float, **labels: str) -> None:
        self._change("inc", number, labels)


class Histogram(Instrument):
    kind = "Histogram"

    def __init__(self, name: str, text: str, buckets: Sequence[float] = SECONDS) -> None:
        super().__init__(name, text, buckets=buckets)

    def observe(self, value: float) -> None:
        self._change("observe", value, {})


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    if _store() is None:
        return NOT_MEASURED
    with guard:
        for instrument in _declared:
            with suppress(OSError):
                instrument.make()
    told: bytes = _store().show()
    return told


def _begin_child() -> None:
    if _store.cache_info().currsize and _store() is not None:
        _store().begin_child()
    guard.release()


os.register_at_fork(
    before=guard.acquire, after_in_parent=guard.release, after_in_child=_begin_child
)
