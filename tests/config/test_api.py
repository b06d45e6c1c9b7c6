"""What holds for the whole API: one shape of errors, whoever tells them, and who is let in."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import settings as site
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from tests.generation.api.calls import API, PREDECESSORS, error_of, generate
from tests.learning.library import Page, make_ready, open_order
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db

CODES = {500: "server_error", 503: "unavailable"}
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(params=[False, True], ids=["", "debug"])
def debug(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Django has pages of its own for developers."""
    settings.DEBUG = request.param


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/", 404, "not_found"),
        ("get", "/api/v2/runs", 404, "not_found"),
        ("get", f"{API}/", 404, "not_found"),
        ("get", f"{API}/nowhere", 404, "not_found"),
        ("post", f"{API}/nowhere", 404, "not_found"),
        ("get", f"{API}/runs/x", 404, "not_found"),
        ("get", f"{API}/runs/{NOWHERE}", 404, "not_found"),
        ("get", f"{API}/runs/{NOWHERE}/events", 404, "not_found"),
        ("post", f"{API}/runs/{NOWHERE}/cancel", 404, "not_found"),
        ("get", f"{API}/roadmaps/{NOWHERE}/concepts/{NOWHERE}", 404, "not_found"),
        ("get", f"{API}/roadmaps/generate", 405, "method_not_allowed"),
        ("delete", f"{API}/roadmaps", 405, "method_not_allowed"),
        ("options", f"{API}/roadmaps", 405, "method_not_allowed"),
        ("get", f"{API}/roadmaps?q=%00", 400, "bad_request"),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "*/*", "application/json"])
@pytest.mark.usefixtures("debug")
def test_every_error_has_the_one_shape(
    method: str, path: str, status: int, code: str, accept: str
) -> None:
    answer = getattr(Client(), method)(path, headers={"Accept": accept})
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)
    assert ("Allow" in answer.headers) is (status == 405)


@pytest.mark.parametrize(
    ("failure", "status"), [(RuntimeError("oh no"), 500), (OperationalError("it is gone"), 503)]
)
@pytest.mark.parametrize("where", ["learning.api.routes.list_roadmaps", "config.api.check_csrf"])
@pytest.mark.usefixtures("debug")
def test_a_failure_is_told_without_its_reason_and_logged_with_it(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    status: int,
    where: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(where, fail)
    client = Client(raise_request_exception=False)
    client.cookies[site.SESSION_COOKIE_NAME] = "x"
    with caplog.at_level(logging.ERROR):
        answer = generate(client) if "csrf" in where else client.get(f"{API}/roadmaps")
    assert (answer.status_code, error_of(answer)["code"]) == (status, CODES[status])
    assert ("Retry-After" in answer.headers) is (status == 503)
    assert str(failure) not in answer.content.decode()
    assert caplog.records


@pytest.mark.parametrize(("debug", "status"), [(False, 503), (True, 500)])
def test_a_failure_in_front_of_the_operations_has_the_shape_too(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, debug: bool, status: int
) -> None:
    """Where Django shows a page for developers, it tells no outage from a mistake."""

    def fail(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("accounts.session_store.SessionStore.load", fail)
    settings.DEBUG = debug
    client = Client(raise_request_exception=False)
    client.cookies[site.SESSION_COOKIE_NAME] = "x" * 32
    answer = client.get(f"{API}/roadmaps")
    assert (answer.status_code, error_of(answer)["code"]) == (status, CODES[status])
    assert ("Retry-After" in answer.headers) is (status == 503)


@pytest.mark.usefixtures("debug")
def test_a_foreign_host_is_refused_in_the_one_shape(client: Client) -> None:
    answer = client.get(f"{API}/roadmaps", headers={"Host": "evil.example"})
    assert (answer.status_code, error_of(answer)["code"]) == (400, "bad_request")


def test_head_is_answered_as_get_without_a_body(client: Client) -> None:
    answer = client.head(f"{API}/roadmaps")
    assert (answer.status_code, answer.content) == (200, b"")


def test_pages_keep_their_own_errors(client: Client) -> None:
    for path in ("/nowhere", "/apiary/", "/roadmaps/no-such/"):
        assert client.get(path).headers["Content-Type"].startswith("text/html")


class TestForgery:
    """A cookie comes along from any site; the token only from ours."""

    @pytest.fixture
    def browser(self) -> Client:
        return Client(enforce_csrf_checks=True)

    def test_who_has_no_cookie_needs_no_token(self, browser: Client) -> None:
        assert generate(browser).status_code == 202
        run = open_order().run_id
        assert browser.post(f"{API}/runs/{run}/cancel").status_code == 401

    @pytest.mark.parametrize("signed_in", [True, False])
    def test_who_has_one_needs_the_token_for_all_but_reading(
        self, browser: Client, signed_in: bool
    ) -> None:
        visitors = make_visitors()
        if signed_in:
            browser.force_login(visitors.alice)
        else:
            browser.cookies[site.SESSION_COOKIE_NAME] = "x" * 32
        run = open_order(owner=visitors.alice).run_id
        posts = [f"{API}/runs/{run}/cancel", f"{API}/runs/{run}/resume"]
        answers = [generate(browser), *(browser.post(path) for path in posts)]
        for answer in answers:
            assert (answer.status_code, error_of(answer)["code"]) == (403, "forbidden")
            assert "X-CSRFToken" in error_of(answer)["message"]
        assert browser.get(f"{API}/runs/{run}").json()["state"] == "queued"

    def test_the_documentation_gives_the_token(self, browser: Client) -> None:
        browser.force_login(make_visitors().alice)
        page = Page(browser.get(f"{API}/docs").content.decode())
        token = next(
            attributes["data-csrf-token"]
            for _, attributes in page.tags
            if "data-csrf-token" in attributes
        )
        assert generate(browser, headers={"X-CSRFToken": token}).status_code == 202
        cookie = browser.cookies["csrftoken"].value
        assert generate(browser, headers={"X-CSRFToken": cookie}).status_code == 202


@pytest.mark.parametrize("who", ["anonymous", "alice"])
def test_the_documentation_is_open_to_all_and_comes_from_here(who: str) -> None:
    client = make_visitors().client(who)
    answer = client.get(f"{API}/docs")
    page = Page(answer.content.decode())
    assert (answer.status_code, page.offences) == (200, [])
    files = [a.get("src") or a.get("href", "") for tag, a in page.tags if tag in {"script", "link"}]
    assert len(files) >= 3
    for file in files:
        assert client.get(file).status_code == 200


def test_the_description_tells_of_every_operation_and_every_refusal(client: Client) -> None:
    told: dict[str, Any] = client.get(f"{API}/openapi.json").json()
    operations = {
        operation["operationId"]: operation
        for path in told["paths"].values()
        for operation in path.values()
    }
    assert set(operations) == {
        "generate_roadmap", "get_run", "list_events", "cancel_run", "resume_run",
        "get_plan", "change_plan", "approve_plan", "discard_plan",
        "list_roadmaps", "get_roadmap", "get_concept",
    }  # fmt: skip
    assert all("503" in operation["responses"] for operation in operations.values())
    header = operations["generate_roadmap"]["parameters"][0]
    assert (header["in"], header["name"]) == ("header", "Idempotency-Key")
    assert all(path.startswith(f"{API}/") for path in told["paths"])


def test_answers_are_kept_by_nobody_else(client: Client) -> None:
    """They hold one person's progress."""
    run = make_ready()
    for path in (f"{API}/roadmaps", f"{API}/roadmaps/{run.roadmap_id}"):
        assert "Cookie" in client.get(path).headers["Vary"]


def test_words_come_in_the_language_of_the_reader_or_in_english(client: Client) -> None:
    answer = client.get(f"{API}/nowhere", headers={"Accept-Language": "xx, zh;q=0.5"})
    assert error_of(answer)["message"]
    assert generate(client, PREDECESSORS).status_code == 202
