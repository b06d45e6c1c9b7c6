"""A Redis that says nothing keeps nobody waiting: not those who order, nor their seats."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from kombu.exceptions import OperationalError

from accounts.tasks import mail_sign_up
from config.celery import app
from generation.tasks import persist_model_calls, start_run


@pytest.fixture
def silent() -> Iterator[str]:
    """The kernel takes connections, and nobody ever reads them."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("task", "arguments"),
    [(start_run, (str(uuid.uuid4()),)), (mail_sign_up, (1, True)), (persist_model_calls, ([],))],
)
@pytest.mark.parametrize("retry", [True, False])
def test_a_message_that_no_broker_takes_is_given_up(
    silent: str, task: Any, arguments: tuple[Any, ...], retry: bool
) -> None:
    with app.connection_for_write(silent) as broker, pytest.raises(OperationalError):
        task.apply_async(arguments, connection=broker, retry=retry)
