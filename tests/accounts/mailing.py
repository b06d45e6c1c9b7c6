"""Mail as a worker would send it, at once and without a broker."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from accounts import tasks

MAILS = ("mail_sign_up", "mail_reset", "mail_new_address", "mail_wish")


class Direct:
    """Lanes keep a connection that the test's database could not be dropped under."""

    @staticmethod
    def run_sync(unit: Callable[..., Any], *arguments: Any) -> Any:
        return unit(*arguments)


def send_at_once(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[Any, ...]]]:
    """Has tasks run where they are enqueued; what was enqueued, by name."""
    monkeypatch.setattr(tasks, "process_executor", Direct)
    enqueued: list[tuple[str, tuple[Any, ...]]] = []

    def run(name: str, task: Any) -> Callable[..., None]:
        def enqueue(arguments: tuple[Any, ...], **_: Any) -> None:
            enqueued.append((name, arguments))
            task(*arguments)

        return enqueue

    for name in MAILS:
        task = getattr(tasks, name)
        monkeypatch.setattr(task, "apply_async", run(name, task))
    return enqueued


def link_to(address: str) -> str:
    """The path of the link in the newest mail that went there."""
    newest = [sent for sent in mail.outbox if sent.to == [address]][-1]
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", str(newest.body))
    assert found is not None, newest.body
    return found[1]
