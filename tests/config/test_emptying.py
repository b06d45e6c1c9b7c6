"""A test that has committed leaves nothing to the next."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.test import TransactionTestCase

from tests import emptying
from tests.learning.library import make_ready


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("large", [-1, emptying.LARGE], ids=["large", "small"])
def test_no_row_is_left_but_those_that_migrations_made(
    monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(emptying, "LARGE", large)
    make_ready()
    emptying.empty_tables(TransactionTestCase)
    models = [model for model in apps.get_models() if model._default_manager.exists()]
    assert {model._meta.db_table for model in models} == emptying.KEPT
