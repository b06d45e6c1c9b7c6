"""Lists of the admin on a screen of 1,280 pixels, with rows as long as they come."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page

from concepts.models import Artifact, Concept
from generation.models import GenerationRun, ModelCallRecord
from roadmaps.models import Roadmap, Stage
from tests.generation.admin_cast import make_roadmap
from tests.visitors import make_visitors

pytestmark = [pytest.mark.browser, pytest.mark.wide, pytest.mark.django_db(transaction=True)]
TITLE = "Designing, deploying and operating web applications that thousands of people use"
MODEL = "organisation/very-large-language-model-instruct-2026-11-24"
OURS = ("accounts", "roadmaps", "concepts", "generation", "learning")
# The page itself, and the box that Django lets a list scroll in.
STANDS_OUT = """() => Math.max(
  document.documentElement.scrollWidth - innerWidth,
  ...[...document.querySelectorAll("#changelist .results")].map(
    (box) => box.scrollWidth - box.clientWidth))"""


def fill() -> None:
    make_roadmap(f"{TITLE} {uuid.uuid4()}", concepts=2)
    Roadmap.objects.update(title=TITLE)
    Stage.objects.update(title=TITLE)
    Concept.objects.update(title=TITLE)
    Artifact.objects.update(error_public=f"{TITLE}. " * 5)
    large = {"tokens_in": 12_345_678, "tokens_out": 9_876_543, "cost_usd": Decimal("1234.567891")}
    GenerationRun.objects.update(model=MODEL, reason=f"{TITLE}. " * 5, model_calls=1_234, **large)
    ModelCallRecord.objects.update(model=MODEL, error_class="MalformedError", **large)


def test_no_list_is_cut_off_at_1280_pixels(page: Page, server: str, transactional_db: None) -> None:
    fill()
    cookie = make_visitors().client("staff").cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}]
    )
    admin.autodiscover()
    cut = {}
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            if not admin.site.is_registered(model):
                continue
            name = f"admin:{app}_{model._meta.model_name}_changelist"
            page.goto(f"{server}{reverse(name)}")
            pixels = page.evaluate(STANDS_OUT)
            if pixels > 0:
                cut[model._meta.label] = pixels
    assert cut == {}
