"""manage.py with one more provider: whatever the goal, it writes in Chinese."""

import sys
from types import ModuleType

import django

import manage

django.setup()

from django.conf import settings  # noqa: E402 - after set-up

from tests.generation.cast import ScriptedProvider, make_outline  # noqa: E402 - likewise


def make_provider() -> ScriptedProvider:
    plan = make_outline(4).model_copy(update={"title": "绳结 🪢 naïve", "language": "zh-Hans"})
    return ScriptedProvider(plan)


# Where it is looked for by its path.
module = sys.modules["chinese"] = ModuleType("chinese")
module.make_provider = make_provider  # type: ignore[attr-defined]
settings.CONTENT_PROVIDERS["scripted"] = "chinese.make_provider"
manage.main()
