"""Somebody who is signed in, and a built-in lesson for them to read."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

from accounts.models import User
from concepts.models import Concept
from generation.dispatch import Order, request_roadmap
from generation.port.request import OutlineRequest
from generation.providers.catalogue import CatalogueProvider
from tests.generation.scribe import Scribe

GOAL = "Python web development"


def make_lesson() -> str:
    """The address of a concept from the middle of a built-in roadmap."""
    lessons = list_lessons()
    return lessons[len(lessons) // 2]


def list_lessons() -> list[str]:
    """A built-in roadmap is written; the addresses of its concepts in their order."""
    provider = CatalogueProvider()
    run_id = request_roadmap(Order(OutlineRequest(GOAL)), provider, enqueue=False)
    Scribe(run_id, provider).write_all()
    concepts = Concept.objects.filter(roadmap__runs=run_id).select_related("roadmap")
    return [
        f"{concept.roadmap.get_absolute_url()}{concept.slug}/"
        for concept in concepts.order_by("position")
    ]


def sign_in() -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.create_user(email="reader@cairn.example", password=None))
    return client


def cookies_of(client: Client) -> dict[str, str]:
    """As a browser sends them, with the session."""
    assert settings.SESSION_COOKIE_NAME in client.cookies
    return {"Cookie": "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())}
