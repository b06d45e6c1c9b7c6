"""The Celery application; tasks are found in the apps.

Celery ignores Django's checks, so a worker and beat refuse an overcommitted budget here, before
they connect to anything.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import Any

import django
import structlog
from billiard.process import current_process
from celery import Celery
from celery.signals import (
    beat_init,
    celeryd_init,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
)
from django.core.exceptions import ImproperlyConfigured

from config.environment import choose_settings
from config.serve.lifeline import end_with_parent

try:
    choose_settings()
except ImproperlyConfigured as error:
    sys.exit(f"celery: {error}")
# Asked to stop (SIGTERM), a worker saves and ends soon instead of finishing long tasks first.
os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")

# Roles whose tasks ask a model server.
WRITING_ROLES = ("content_generation", "workflow")

app = Celery("cairn")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def prepare(conf: Any = None, options: dict[str, Any] | None = None, **_: Any) -> None:
    """Refuse a budget that does not fit; join the embedded services; migrate where wanted."""
    from config.bootstrap import REFUSALS, prepare_services

    try:
        django.setup()
        if options is not None:
            refuse_too_many_children(options, conf)
        prepare_services()
    except (ImproperlyConfigured, *REFUSALS) as error:
        sys.exit(f"celery: {error}")


def refuse_too_many_children(options: dict[str, Any], conf: Any) -> None:
    """A worker is no larger than its role declares, now and when told to grow."""
    from connection_budget.budget.refusal import assert_budget, assert_worker
    from connection_budget.conf import get_budget, get_role_name
    from connection_budget.contrib.celery.worker import (
        bound_children,
        children_asked,
    )

    assert_budget(get_budget())
    assert_worker(get_budget(), get_role_name(), children_asked(options, conf))
    bound_children(get_budget(), get_role_name())


@celeryd_init.connect
def have_acknowledgements_heard(conf: Any, **_: Any) -> None:
    """The main process waits for Redis however long that is silent: of an acknowledgement that was
    given up it would think for ever that its task is not done, and take no other."""
    conf.broker_transport_options = {**conf.broker_transport_options, "socket_timeout": None}


@worker_process_init.connect
def give_up_a_silent_broker(**_: Any) -> None:
    """A child only sends messages, and does so like everybody else."""
    from django.conf import settings

    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Celery sets up no logging of its own where somebody listens here."""
    from config.logs import capture_prints, logs_json, say_at_once

    if logs_json():
        capture_prints()
        # How a worker says that it stops; it has no setting for that.
        vars(import_module("celery.apps.worker"))["safe_say"] = say_at_once


@task_prerun.connect
def name_the_task(task_id: str, task: Any, **_: Any) -> None:
    """Each line says whose it is; a child that is used again has forgotten the task before."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def forget_the_task(**_: Any) -> None:
    structlog.contextvars.clear_contextvars()


@worker_init.connect
def load_gateway(**_: Any) -> None:
    """Once, before the fork: children then share those pages instead of having them each."""
    from django.conf import settings

    if settings.CONTENT_PROVIDER != "openai" or settings.PROCESS_ROLE not in WRITING_ROLES:
        return
    from generation.providers.gateway.opening import preload

    preload()
    gc.collect()
    # A collection that touched them would copy those pages after all.
    gc.freeze()


@worker_ready.connect
def count_this_worker(**_: Any) -> None:
    """One more on this host than the role has instances is told in the log."""
    from connection_budget.conf import get_role
    from connection_budget.contrib.celery.instances import count_instance

    count_instance(get_role())


@worker_process_init.connect
def end_with_main_process(**_: Any) -> None:
    """Celery asks Linux for this as well, but not whether the main process is still there."""
    # There is no other way to ask who that was.
    end_with_parent(vars(current_process())["_parent_pid"])


@worker_process_init.connect
def show_permits(**_: Any) -> None:
    """An idle child, too, is seen in the metrics."""
    from connection_budget.lanes.gauges import publish_lanes
    from connection_budget.process import process_executor

    process_executor()
    publish_lanes()


@worker_process_shutdown.connect
def close_lanes(**_: Any) -> None:
    from connection_budget.process import process_executor

    process_executor().close()
