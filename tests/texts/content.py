"""All that is content: what models and people wrote, as it stands in the rows."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, JSONField, TextField

from concepts.languages.tables import LANGUAGES
from config.fleet import FLEET
from generation.providers.catalogue import load_catalogue

# Names are the same in every language.
NAMES = ("Cairn", "English", "简体中文", "UTC", "PostgreSQL", "Redis", "JSON", "Markdown")
# What the staff configure by these names.
ROLES = tuple(role.name for role in (*FLEET, *settings.CONNECTION_BUDGET.reserve_roles))
WRITERS = ("scripted, rope", "catalogue")
OF_CONTENT = {
    "roadmaps": ("Roadmap", "Stage", "Module"),
    "concepts": ("Concept", "Tutorial", "Resource", "Question", "Choice", "ArtifactVersion"),
    "learning": ("Note", "Report"),
    "accounts": ("User",),
}
_TAG = re.compile(r"<[^>]*>")


def read_content() -> list[str]:
    """Whole texts: a page shows them whole, or a part in one piece."""
    zones = (name.replace("_", " ") for name in zoneinfo.available_timezones())
    languages = (language.own_name for language in LANGUAGES.values())
    return [*NAMES, *ROLES, *WRITERS, *zones, *languages, *_built_in(), *_texts(), *_plans()]


def _plans() -> Iterator[str]:
    """What waits for a word is in no row of a plan yet."""
    run: Any = apps.get_model("generation", "GenerationRun")
    for plan in run.objects.exclude(skeleton=None).values_list("skeleton", flat=True):
        yield from _flatten(plan)


def _built_in() -> Iterator[str]:
    """What is offered before it is in any row."""
    for roadmap in load_catalogue():
        yield from (roadmap.outline.title, roadmap.outline.summary)


def _texts() -> Iterator[str]:
    for app, models in OF_CONTENT.items():
        for name in models:
            model: Any = apps.get_model(app, name)
            fields = [
                field.name
                for field in model._meta.concrete_fields
                if isinstance(field, CharField | TextField | JSONField) and not field.choices
            ]
            for row in model.objects.values_list(*fields):
                for value in row:
                    yield from _flatten(value)


def _flatten(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _flatten(one)
    elif value:
        yield unescape(_TAG.sub("", str(value)))
