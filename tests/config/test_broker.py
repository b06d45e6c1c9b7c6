"""A Redis that says nothing keeps nobody waiting: not those who order, nor their seats."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from kombu.exceptions import OperationalError

from accounts.tasks import mail_sign_up
from config import celery
from config.celery import app
from generation.tasks import persist_model_calls, start_run

pytestmark = pytest.mark.slow


@pytest.fixture
def silent() -> Iterator[str]:
    """The kernel takes connections, and nobody ever reads them."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("task", "arguments", "retry"),
    [
        (start_run, (str(uuid.uuid4()),), True),
        (mail_sign_up, (1, True), False),
        (persist_model_calls, ([],), True),
    ],
)
def test_a_message_that_no_broker_takes_is_given_up(
    silent: str, task: Any, arguments: tuple[Any, ...], retry: bool
) -> None:
    with app.connection_for_write(silent) as broker, pytest.raises(OperationalError):
        task.apply_async(arguments, connection=broker, retry=retry)


@pytest.fixture
def restored() -> Iterator[None]:
    kept = app.conf.broker_transport_options
    yield
    app.conf.broker_transport_options = kept


@pytest.mark.usefixtures("restored")
def test_a_main_process_waits_and_its_children_do_not() -> None:
    celery.have_acknowledgements_heard(app.conf)
    with app.connection_for_read() as broker:
        assert (broker.transport_options or {})["socket_timeout"] is None
    celery.give_up_a_silent_broker()
    with app.connection_for_write() as broker:
        assert (broker.transport_options or {})["socket_timeout"] == 4
