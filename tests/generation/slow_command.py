"""manage.py with one more provider: it knows any goal, and is never done with it."""

import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 - after set-up

settings.CONTENT_PROVIDERS["scripted"] = "tests.generation.cast.make_endless_provider"

from config.bootstrap import run_command  # noqa: E402 - with the provider in place

run_command(["manage.py", *sys.argv[1:]])
