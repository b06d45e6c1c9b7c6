"""Whatever answers, and whoever gives it, the same headers are on it."""

from __future__ import annotations

from django.test import override_settings

from config.headers import complete, standard_headers


def test_whoever_sets_one_keeps_it() -> None:
    given = complete([(b"Cache-Control", b"max-age=60"), (b"x", b"y")])
    names = [name.lower() for name, _ in given]
    assert names.count(b"cache-control") == 1
    assert given[:2] == [(b"Cache-Control", b"max-age=60"), (b"x", b"y")]


def test_what_is_one_visitors_is_kept_by_nobody_else() -> None:
    assert standard_headers()[b"cache-control"] == b"private, no-cache"


@override_settings(SECURE_HSTS_SECONDS=60)
def test_where_https_is_promised_every_answer_promises_it() -> None:
    standard_headers.cache_clear()
    assert standard_headers()[b"strict-transport-security"] == b"max-age=60"
    standard_headers.cache_clear()
