"""An ASGI module as the README has it; this process has to find a place at once."""

import os

from django.core.asgi import get_asgi_application

from connection_budget.contrib.asgi import wrap

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.connection_budget.settings")
application = wrap(get_asgi_application(), predecessor_seconds=0.0)
