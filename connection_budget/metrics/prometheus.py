"""Where prometheus_client keeps the values: in this process, or in files that many share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import prometheus_client
from django.conf import settings
from prometheus_client import CollectorRegistry, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from connection_budget.logs import get_logger
from connection_budget.metrics.process_files import ProcessFiles

log = get_logger(__name__)

_registry = CollectorRegistry()


@dataclass
class _Kept:
    """Where this process keeps its values; prometheus_client's own choice is as global."""

    files: ProcessFiles | None = None
    is_chosen: bool = False
    is_silent: bool = False


_kept = _Kept()


def make(kind: str, name: str, text: str, labels: Sequence[str], **options: Any) -> Any:
    """A metric of prometheus_client's class `kind`, in files of this process. Raises OSError."""
    return getattr(prometheus_client, kind)(name, text, labels, registry=_registry, **options)


def enter() -> bool:
    """To be called before a value is changed; whether there is anywhere to keep it."""
    _enter()
    return not _kept.is_silent


def show() -> bytes:
    if _kept.is_silent:
        return b""
    if _kept.files is None:
        return prometheus_client.generate_latest(_registry)
    with _kept.files.reading() as files:
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
    if not _kept.is_chosen:
        directory = getattr(settings, "METRICS_DIRECTORY", None)
        _kept.files = ProcessFiles(Path(directory)) if directory else None
        _kept.is_chosen = True
    if _kept.files is None or _kept.files.entered:
        return
    try:
        _kept.files.enter()
    except OSError as error:
        measure_alone(error)
        return
    if not getattr(values.ValueClass, "in_our_files", False):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_kept.files.path)
        make: Callable[..., Any] = values.MultiProcessValue
        values.ValueClass = make(_identity)
        values.ValueClass.in_our_files = True


def _identity() -> str:
    return _kept.files.identity() if _kept.files is not None else ""


def measure_alone(error: OSError) -> None:
    """No file can be written: what is measured here is seen here only."""
    if _kept.files is not None:
        log.warning("metrics_unshared", directory=str(_kept.files.path), error=str(error))
    _kept.files = None
    # What was made for the directory cannot count without it.
    _kept.is_silent = getattr(values.ValueClass, "in_our_files", False)
    if not _kept.is_silent:  # by itself it would write to PROMETHEUS_MULTIPROC_DIR, if that is set
        values.ValueClass = values.MutexValue


def begin_child() -> None:
    """After a fork."""
    if _kept.files is not None:
        _kept.files.forget_parent()
