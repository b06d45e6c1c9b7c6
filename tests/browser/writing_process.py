"""A worker's process that works on one run, with whatever the environment names."""

import os
import sys
import uuid

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from generation.puller.runner import work_on  # noqa: E402 - Django first

work_on(uuid.UUID(sys.argv[1]))
