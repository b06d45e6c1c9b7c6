"""What the page of a concept costs beside the least page: processor seconds of one web process.

The least page passes the same middleware, reads who is signed in and answers 1 KiB. Over one
connection that is kept; a page that the browser has already is asked for with its tag.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.database import fresh_database
from benchmarks.keep_alive import Answer, KeepAlive
from benchmarks.processor import compare
from benchmarks.reader import cookies_of, make_lesson, sign_in
from benchmarks.urls import REFERENCE_BYTES
from benchmarks.web_role import production, serving

ROUNDS, EACH = 9, 20
MOST_TIMES, MOST_QUERIES = 3.0, 5
MOST_TIMES_UNCHANGED, MOST_QUERIES_UNCHANGED = 1.7, 3
REFERENCE = "/reference/"


def main() -> dict[str, Any]:
    with fresh_database(), production() as variables:
        client, page = sign_in(), make_lesson()
        queries = _count_queries(client, page)
        signed_in = cookies_of(client)
        with (
            serving(variables, ROLE_WEB_PROCESSES="1") as (pid, port),
            KeepAlive(port) as connected,
        ):
            tag = _know(connected, page, signed_in)
            milliseconds = compare(
                pid,
                {
                    "reference": lambda: connected.get(REFERENCE, signed_in),
                    "page": lambda: connected.get(page, signed_in),
                    "unchanged": lambda: connected.get(page, signed_in | tag),
                },
                rounds=ROUNDS,
                each=EACH,
            )
    times, unchanged = (
        milliseconds[name] / milliseconds["reference"] for name in ("page", "unchanged")
    )
    figures = {
        "processor_milliseconds": {name: round(one, 3) for name, one in milliseconds.items()},
        "page_times": round(times, 2),
        "unchanged_times": round(unchanged, 2),
        "queries": queries,
    }
    assert times <= MOST_TIMES, figures
    assert unchanged <= MOST_TIMES_UNCHANGED, figures
    return figures


def _know(connected: KeepAlive, page: str, signed_in: dict[str, str]) -> dict[str, str]:
    """What is asked for is there; the tag that a browser keeps of it."""
    least = connected.get(REFERENCE, signed_in)
    assert (least.status, len(least.body)) == (200, REFERENCE_BYTES)
    assert least.body.startswith(b"reader@")
    whole = connected.get(page, signed_in)
    _assert_lesson(whole)
    tag = {"If-None-Match": whole.headers["etag"]}
    again = connected.get(page, signed_in | tag)
    assert (again.status, again.body) == (304, b""), again
    return tag


def _assert_lesson(answer: Answer) -> None:
    assert answer.status == 200, answer
    for expected in (
        b"reader@cairn.example",
        b'<section class="tutorial',
        b"<fieldset",
        b"</html>",
    ):
        assert expected in answer.body, expected


def _count_queries(client: Client, page: str) -> dict[str, int]:
    """Once it is known; asked of the process itself, whose page is the same."""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    client.get(page)
    with CaptureQueriesContext(
        connection,
    ) as whole:
        tag = client.get(page).headers["ETag"]
    with CaptureQueriesContext(connection) as again:
        assert client.get(page, headers={"if-none-match": tag}).status_code == 304
    assert len(whole) <= MOST_QUERIES, whole.captured_queries
    assert len(again) <= MOST_QUERIES_UNCHANGED, again.captured_queries
    return {"page": len(whole), "unchanged": len(again)}
