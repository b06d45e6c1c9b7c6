"""A process with gauges and counters, told what to do on stdin: see test_metrics.py."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

import django

django.setup()

from connection_budget.metrics import db as metrics  # noqa: E402 - settings come first
from connection_budget.metrics.instruments import exposition  # noqa: E402 - likewise


def obey(order: str) -> str:
    """Do it, and answer in one line."""
    name, _, value = order.partition(" ")
    if name == "wait":
        metrics.SEMAPHORE_WAITING.set(int(value))
    elif name == "count":
        metrics.POOL_TIMEOUTS.add(int(value))
    elif name == "set":
        gauge, number, *labels = value.split()
        getattr(metrics, gauge).set(float(number), **dict(label.split("=") for label in labels))
    elif name == "observe":
        metrics.UNIT_SECONDS.observe(float(value))
    elif name == "scrape":
        lines = exposition().decode().splitlines()
        return next(line.split()[-1] for line in lines if line.startswith(value + " "))
    elif name == "fork":
        if child := os.fork():
            return str(child)
        be_a_child(int(value or 0))
    return "done"


def be_a_child(waiting: int) -> NoReturn:
    """Say how many wait, if any, and stay until killed."""
    signal.alarm(60)
    if waiting:
        metrics.SEMAPHORE_WAITING.set(waiting)
    while True:
        signal.pause()


for line in sys.stdin:
    sys.stdout.write(obey(line.strip()) + "\n")
    sys.stdout.flush()
