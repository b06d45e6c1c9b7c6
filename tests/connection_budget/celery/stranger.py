"""A Celery application as the README has it."""

import os

from celery import Celery

from connection_budget.contrib.celery import hold_to_budget

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.connection_budget.settings")
app = Celery("stranger", broker="memory://")
hold_to_budget()
