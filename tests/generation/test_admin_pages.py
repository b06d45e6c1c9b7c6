"""Every page of the admin: it opens, and costs as much for many rows as for few."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.admin_rules import ModelAdmin
from accounts.models import User
from tests.generation.admin_cast import make_roadmaps

OUR_APPS = ("accounts", "roadmaps", "concepts", "generation", "learning")
Registered = type[models.Model]


def registered() -> list[Registered]:
    admin.autodiscover()
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def find_admin(model: Registered) -> ModelAdmin:
    return admin.site._registry[model]


def url_of(model: Registered, page: str, *arguments: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def page_of_a_new_row(model: Registered, size: int) -> str:
    """The change page of a row that was not there before, with `size` of all that belongs to it."""
    known = list(model._default_manager.values_list("pk", flat=True))
    make_roadmaps(size)
    row = model._default_manager.exclude(pk__in=known).last()
    assert row is not None, f"the cast has no {model._meta.label}"
    return url_of(model, "change", row.pk)


def count_queries(client: Client, url: str) -> int:
    """The second time: the first one fills caches, such as that of content types."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


every_model = pytest.mark.parametrize("model", registered(), ids=lambda model: model._meta.label)


def test_every_model_of_ours_has_its_place() -> None:
    shown = set(registered())
    shown |= {inline.model for model in registered() for inline in find_admin(model).inlines}
    ours = {model for app in OUR_APPS for model in apps.get_app_config(app).get_models()}
    assert ours <= shown


@pytest.mark.slow
@every_model
def test_its_list_opens_and_asks_no_more_for_many_rows(
    admin_client: Client, model: Registered
) -> None:
    make_roadmaps(1)
    few = count_queries(admin_client, url_of(model, "changelist"))
    make_roadmaps(3)
    assert count_queries(admin_client, url_of(model, "changelist")) == few


@every_model
def test_its_list_can_be_searched(admin_client: Client, model: Registered) -> None:
    url = url_of(model, "changelist")
    for words in ("knots", "1b4e28ba-2fa1-11d2-883f-0016d3cca427", "%_'"):
        assert admin_client.get(url, {"q": words}).status_code == 200


@pytest.mark.slow
@every_model
def test_a_row_opens_and_asks_no_more_when_much_belongs_to_it(
    admin_client: Client, model: Registered
) -> None:
    few = count_queries(admin_client, page_of_a_new_row(model, 1))
    assert count_queries(admin_client, page_of_a_new_row(model, 3)) == few


@every_model
def test_a_new_one_is_offered_only_where_people_may_make_it(
    admin_client: Client, model: Registered
) -> None:
    allowed = model._meta.label in {"accounts.User", "auth.Group"}
    foreign = model._meta.app_label == "django_celery_results"
    expected = 200 if allowed or foreign else 403
    assert admin_client.get(url_of(model, "add")).status_code == expected


@every_model
def test_who_is_no_staff_sees_nothing(client: Client, db: None, model: Registered) -> None:
    client.force_login(User.objects.create_user("alice@knots.example"))
    assert client.get(url_of(model, "changelist")).status_code == 302


@every_model
def test_staff_without_permission_sees_nothing(client: Client, db: None, model: Registered) -> None:
    client.force_login(User.objects.create_user("bob@knots.example", is_staff=True))
    assert client.get(url_of(model, "changelist")).status_code == 403
