"""The admin's lists, as paths: each as it opens, on another page, and searched."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.costs.paths import Path
from tests.costs.seeding import RUN, key

OUR_APPS = ("accounts", "roadmaps", "concepts", "generation", "learning")
LISTS: dict[str, Path] = {}


def _list(model: type[models.Model], query: str) -> Path:
    def read(subject: int) -> Iterator[None]:
        staff = User.objects.get(email="user1@knots.example")
        client = Client()
        client.force_login(staff)
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        client.get(address)  # remembers content types
        yield
        filled = query.format(subject=subject, run=key(RUN, subject))
        answer = client.get(f"{address}?{filled}")
        assert answer.status_code == 200, (address, filled, answer.status_code)

    return read


def _queries(model: type[models.Model]) -> Iterator[str]:
    """As it opens, further on, and searched where that leads to few rows by few steps."""
    yield from ("", "p=2", "q=bowline")
    if model._meta.app_label != "concepts":
        yield from ("q={run}", "q=subject+{subject}")


admin.autodiscover()
for _model in sorted(admin.site._registry, key=lambda model: model._meta.label):
    if _model._meta.app_label in OUR_APPS:
        for _query in _queries(_model):
            LISTS[f"{_model._meta.label}?{_query}"] = _list(_model, _query)
