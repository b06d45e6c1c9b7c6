"""No middleware of ours makes Django change threads on its way to a view and back."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.test import AsyncClient
from django.utils.module_loading import import_string


@pytest.mark.parametrize("name", settings.MIDDLEWARE)
def test_each_middleware_works_in_an_asynchronous_chain(name: str) -> None:
    assert import_string(name).async_capable


def test_django_adapts_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    adapted: list[str] = []
    adapt = ASGIHandler.adapt_method_mode

    def watch(self, is_async, method, *arguments, **options):  # type: ignore[no-untyped-def]  # as Django's
        made = adapt(self, is_async, method, *arguments, **options)
        if made is not method:
            adapted.append(repr(method))
        return made

    monkeypatch.setattr(ASGIHandler, "adapt_method_mode", watch)
    ASGIHandler()
    # CSRF's look at the view is sync alone, and does not wait for anything.
    assert [one for one in adapted if "process_view" not in one] == []


async def test_files_are_served_in_such_a_chain() -> None:
    answer = await AsyncClient().get("/static/css/cairn.css")
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        200,
        'text/css; charset="utf-8"',
    )
