"""Donut caching: around the holes stands nothing that a visitor's request holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import Engine, RequestContext, Template
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from learning.templatetags.holes import bake, fill

WHOLE = """{% load holes %}{% for one in all %}<i>{{ one }}</i>{% endfor %}
<p>{{ user.email }}{{ request.path }}{{ csrf_token }}</p>
{% hole %}{{ mine }}, {{ shared }}, {{ user.email }}{% endhole %}{% if is_long %}
{% hole %}{% with mine="within" %}{{ mine }}{% endwith %}{% endhole %}{% endif %}{{ shared }}"""


def make(text: str) -> Template:
    return Engine.get_default().from_string(text)


@pytest.fixture
def request_of_alice(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/knots/")
    request.user = User(email="alice@knots.example")
    return request


def test_what_is_shared_is_rendered_once_and_holes_each_time(request_of_alice: HttpRequest) -> None:
    page = make(WHOLE)
    donut = bake(page, {"all": ["a", "<b>"], "shared": "S&S", "is_long": True})
    around = "<i>a</i><i>&lt;b&gt;</i>\n<p></p>\n"
    assert donut.texts == (around, "\n", "S&amp;S")
    for mine in ("one", "<two>"):
        told = fill(donut, page, request_of_alice, {"mine": mine, "shared": "own"})
        escaped = mine.replace("<", "&lt;").replace(">", "&gt;")
        filled = f"{escaped}, own, alice@knots.example"
        assert told == f"{around}{filled}\nwithinS&amp;S"


def test_a_hole_that_is_not_shown_is_not_filled(request_of_alice: HttpRequest) -> None:
    page = make(WHOLE)
    donut = bake(page, {"shared": "", "is_long": False})
    assert len(donut.holes) == 1
    assert "within" not in fill(donut, page, request_of_alice, {})


def test_what_is_shared_is_told_in_the_hours_of_nobody(request_of_alice: HttpRequest) -> None:
    page = make("{% load holes %}{{ at|time:'H' }} {% hole %}{{ at|time:'H' }}{% endhole %}")
    at = {"at": datetime(2026, 3, 3, 23, 30, tzinfo=UTC)}
    with timezone.override("Asia/Tokyo"):
        assert fill(bake(page, at), page, request_of_alice, at) == "23 08"


def test_pages_that_are_not_baked_show_what_stands_in_holes(request_of_alice: HttpRequest) -> None:
    context = RequestContext(request_of_alice, {"mine": "m", "shared": "s", "is_long": True})
    assert "m, s, alice@knots.example\nwithins" in make(WHOLE).render(context)


@pytest.mark.parametrize(
    "child",
    [
        '{% extends "base.html" %}{% block content %}{{ shared }}{% endblock %}',
        (
            '{% extends "base.html" %}{% load holes %}{% block content %}'
            "{% hole %}{% include 'learning/_mark.html' %}{% endhole %}{% endblock %}"
        ),
    ],
)
def test_holes_of_a_layout_and_with_other_templates_are_filled(
    request_of_alice: HttpRequest, child: str
) -> None:
    page = make(child)
    shared: dict[str, Any] = {"shared": "S"}
    donut = bake(page, shared)
    assert "alice" not in "".join(donut.texts)
    own = {"roadmap": {"slug": "knots"}, "concept": {"slug": "a"}}
    told = fill(donut, page, request_of_alice, own)
    assert 'dir="ltr">alice@knots.example<' in told
    request_of_alice.user = AnonymousUser()
    assert "alice" not in fill(donut, page, request_of_alice, own)
