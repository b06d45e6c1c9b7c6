"""manage.py with one more provider: it knows any goal, and takes its time over every artifact."""

import sys

import django

django.setup()

from generation.providers import registry  # noqa: E402 - Django first
from tests.generation.cast import ScriptedProvider, make_outline  # noqa: E402

registry._FACTORIES["scripted"] = lambda: ScriptedProvider(make_outline(30), longest_delay=0.5)

from config.bootstrap import run_command  # noqa: E402 - after the registry

run_command(["manage.py", *sys.argv[1:]])
