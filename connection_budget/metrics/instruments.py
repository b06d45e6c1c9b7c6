"""Counters, gauges and histograms that are right across processes, threads and forks.

Declared at import, made at the first use: a command that measures nothing writes no file. With
METRICS_DIRECTORY in the settings, a scrape of any process shows the sums of all; without, it shows
its own process alone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import prometheus_client
from django.conf import settings
from prometheus_client import CollectorRegistry, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from connection_budget.logs import get_logger
from connection_budget.metrics.process_files import ProcessFiles

log = get_logger(__name__)

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

# Held for every change of a value. prometheus_client has a lock of its own, which a fork could
# catch locked; with this one around it, a fork waits until nobody is inside.
guard = threading.RLock()

_registry = CollectorRegistry()
_declared: list[Instrument] = []
_files: ProcessFiles | None = None
_chosen = _silent = False


class Instrument:
    def __init__(self, name: str, text: str, labels: Sequence[str] = ()) -> None:
        self.name, self.text, self.labels = name, text, tuple(labels)
        self._metric: Any = None
        _declared.append(self)

    def make(self) -> Any:
        """The metric behind it, in files of this process. Call with the guard held."""
        _enter()
        if self._metric is None:
            self._metric = self._build()
        return self._metric

    def _build(self) -> Any:
        raise NotImplementedError

    def _change(self, method: str, value: float, labels: dict[str, str]) -> None:
        """No measurement is worth failing what it measures: a full disk is told, once."""
        if _silent:
            return
        try:
            with guard:
                metric = self.make()
                getattr(metric.labels(**labels) if labels else metric, method)(value)
        except OSError as error:
            _measure_alone(error)


class Counter(Instrument):
    """Only ever grows, also when the process that counted is gone."""

    def add(self, number: float = 1, **labels: str) -> None:
        self._change("inc", number, labels)

    def _build(self) -> Any:
        return prometheus_client.Counter(self.name, self.text, self.labels, registry=_registry)


class Gauge(Instrument):
    """A present state. `across` says what a scrape makes of several living processes."""

    def __init__(
        self,
        name: str,
        text: str,
        labels: Sequence[str] = (),
        *,
        across: Literal["livesum", "livemax", "livemostrecent"] = "livesum",
    ) -> None:
        super().__init__(name, text, labels)
        self._across = across

    def set(self, value: float, **labels: str) -> None:
        self._change("set", value, labels)

    def add(self, number: float, **labels: str) -> None:
        self._change("inc", number, labels)

    def _build(self) -> Any:
        return prometheus_client.Gauge(
            self.name, self.text, self.labels, registry=_registry, multiprocess_mode=self._across
        )


class Histogram(Instrument):
    def __init__(self, name: str, text: str, buckets: Sequence[float] = SECONDS) -> None:
        super().__init__(name, text)
        self._buckets = buckets

    def observe(self, value: float) -> None:
        self._change("observe", value, {})

    def _build(self) -> Any:
        return prometheus_client.Histogram(
            self.name, self.text, buckets=self._buckets, registry=_registry
        )


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    with guard:
        for instrument in _declared:
            with suppress(OSError):
                instrument.make()
    if _silent:
        return b""
    if _files is None:
        return prometheus_client.generate_latest(_registry)
    with _files.reading() as files:
        return prometheus_client.generate_latest(_Merged(files))


class _Merged(CollectorRegistry):
    """Adds up the files of all processes."""

    def __init__(self, files: list[Path]) -> None:
        super().__init__()
        self.register(_Files(files))


class _Files(Collector):
    def __init__(self, files: list[Path]) -> None:
        self._paths = [str(file) for file in files]

    def collect(self) -> Iterable[Metric]:
        merge: Callable[..., Iterable[Metric]] = MultiProcessCollector.merge
        return merge(self._paths)


def _enter() -> None:
    """Once a process, before its first value."""
    global _files, _chosen  # noqa: PLW0603 - prometheus_client's own choice is as global
    if not _chosen:
        directory = getattr(settings, "METRICS_DIRECTORY", None)
        _files = ProcessFiles(Path(directory)) if directory else None
        _chosen = True
    if _files is None or _files.entered:
        return
    try:
        _files.enter()
    except OSError as error:
        _measure_alone(error)
        return
    if not getattr(values.ValueClass, "_ours", False):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_files.path)
        make: Callable[..., Any] = values.MultiProcessValue
        values.ValueClass = make(_identity)
        values.ValueClass._ours = True  # noqa: SLF001 - our own mark


def _identity() -> str:
    return _files.identity() if _files is not None else ""


def _measure_alone(error: OSError) -> None:
    global _files, _silent  # noqa: PLW0603 - see above
    if _files is not None:
        log.warning("metrics_unshared", directory=str(_files.path), error=str(error))
    _files = None
    # What was made for the directory cannot count without it.
    _silent = getattr(values.ValueClass, "_ours", False)


def _begin_child() -> None:
    if _files is not None:
        _files.forget_parent()
    guard.release()


os.register_at_fork(
    before=guard.acquire, after_in_parent=guard.release, after_in_child=_begin_child
)
