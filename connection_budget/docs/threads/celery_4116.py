"""celery/celery#4116: a new connection for every task, whatever CONN_MAX_AGE says.

Celery closes the connection of the task's thread after each task. A lane is a thread of its own.
"""

import stage
import tasks
from celery import Celery

from connection_budget import PREFORK, Role

ROLE = Role("jobs", connections=1, processes=2, kind=PREFORK)
STOCK = {"CONN_MAX_AGE": None}
app = Celery("jobs", broker="filesystem://")
app.conf.broker_transport_options = stage.MAILBOX


@app.task(name="look")
def look():
    run = process_executor().run_sync if stage.WITH_PACKAGE else lambda call: call()
    tasks.note(run(tasks.look))


if stage.WITH_PACKAGE:
    from connection_budget.contrib.celery import hold_to_budget
    from connection_budget.process import process_executor

    hold_to_budget()


def scene():
    return tasks.work(app, "-c", "2", tasks=20)


if __name__ == "__main__":
    stage.play(scene)
