"""Every page of the admin: it opens, and costs as much for many rows as for few."""

from __future__ import annotations

from collections.abc import Callable

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
Pages = dict[Registered, str]


def registered() -> list[Registered]:
    admin.autodiscover()
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def find_admin(model: Registered) -> ModelAdmin:
    return admin.site._registry[model]


def url_of(model: Registered, page: str, *arguments: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def pages_of_new_rows(size: int) -> dict[Registered, str]:
    """The change page of a row of each model that was not there before, with `size` of all that
    belongs to it."""
    known = {
        model: list(model._default_manager.values_list("pk", flat=True)) for model in registered()
    }
    make_roadmaps(size)
    pages = {}
    for model, before in known.items():
        row = model._default_manager.exclude(pk__in=before).last()
        assert row is not None, f"the cast has no {model._meta.label}"
        pages[model] = url_of(model, "change", row.pk)
    return pages


def assert_no_more_for_much(client: Client, few: Pages, many: Callable[[], Pages]) -> None:
    """Rows are made once for all models; every page that asks more is named."""
    before = {model: count_queries(client, url) for model, url in few.items()}
    after = {model: count_queries(client, url) for model, url in many().items()}
    more = {
        model._meta.label: (before[model], count)
        for model, count in after.items()
        if count != before[model]
    }
    assert more == {}


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
def test_its_list_opens_and_asks_no_more_for_many_rows(admin_client: Client) -> None:
    lists = {model: url_of(model, "changelist") for model in registered()}

    def filled() -> Pages:
        make_roadmaps(3)
        return lists

    make_roadmaps(1)
    assert_no_more_for_much(admin_client, lists, filled)


@every_model
def test_its_list_can_be_searched(admin_client: Client, model: Registered) -> None:
    url = url_of(model, "changelist")
    for words in ("knots", "1b4e28ba-2fa1-11d2-883f-0016d3cca427", "%_'"):
        assert admin_client.get(url, {"q": words}).status_code == 200


@pytest.mark.slow
def test_a_row_opens_and_asks_no_more_when_much_belongs_to_it(admin_client: Client) -> None:
    few = pages_of_new_rows(1)
    assert_no_more_for_much(admin_client, few, lambda: pages_of_new_rows(3))


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
