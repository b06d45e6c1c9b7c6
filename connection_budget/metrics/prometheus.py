"""Where prometheus_client keeps the values: in this process, or in files that many share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
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
_files: ProcessFiles | None = None
_chosen = _silent = False


def make(kind: str, name: str, text: str, labels: Sequence[str], **options: Any) -> Any:
    """A metric of prometheus_client's class `kind`, in files of this process. Raises OSError."""
    return getattr(prometheus_client, kind)(name, text, labels, registry=_registry, **options)


def enter() -> bool:
    """To be called before a value is changed; whether there is anywhere to keep it."""
    _enter()
    return not _silent


def show() -> bytes:
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
        measure_alone(error)
        return
    if not getattr(values.ValueClass, "_ours", False):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_files.path)
        make: Callable[..., Any] = values.MultiProcessValue
        values.ValueClass = make(_identity)
        values.ValueClass._ours = True  # noqa: SLF001 - our own mark


def _identity() -> str:
    return _files.identity() if _files is not None else ""


def measure_alone(error: OSError) -> None:
    """No file can be written: what is measured here is seen here only."""
    global _files, _silent  # noqa: PLW0603 - see above
    if _files is not None:
        log.warning("metrics_unshared", directory=str(_files.path), error=str(error))
    _files = None
    # What was made for the directory cannot count without it.
    _silent = getattr(values.ValueClass, "_ours", False)


def begin_child() -> None:
    """After a fork."""
    if _files is not None:
        _files.forget_parent()
