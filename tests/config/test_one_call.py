"""A page of ours is one call in one thread, from the first middleware to the last."""

from __future__ import annotations

from typing import Any

from asgiref.sync import iscoroutinefunction


def test_no_middleware_of_ours_changes_threads() -> None:
    from config.asgi import django_pages

    pages: Any = django_pages
    assert not iscoroutinefunction(pages._middleware_chain)
