"""The fleet with tasks that exist only to be killed; what is faulty is switched on by name."""

import os

from tests.fleet.settings import *

INSTALLED_APPS += ["tests.faults.app"]
# After so many seconds a message whose worker was killed is delivered again.
CELERY_BROKER_TRANSPORT_OPTIONS |= {
    "visibility_timeout": float(os.environ.get("FAULT_VISIBILITY_SECONDS", "900")),
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
# A cold shutdown that does not wait for tasks.
if "FAULT_COLD" in os.environ:
    CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 0
if "FAULT_TASKS_PER_CHILD" in os.environ:
    CELERY_WORKER_MAX_TASKS_PER_CHILD = int(os.environ["FAULT_TASKS_PER_CHILD"])
