"""Nothing inline, nothing from elsewhere; pages for when things go wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client

from generation.models import GenerationRun
from learning.concept.code_styles import render_code_css
from tests.learning.library import Page, concept_page, make_ready, open_order
from tests.visitors import make_visitors

ROOT = Path(__file__).resolve().parents[2]
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/nowhere", "/accounts/login/", "/admin/login/"])
def test_every_answer_carries_the_policy(client: Client, address: str) -> None:
    header = client.get(address).headers["Content-Security-Policy"]
    assert set(header.split("; ")) == POLICY


@pytest.mark.django_db
def test_no_page_holds_an_inline_script_or_style(client: Client) -> None:
    run, unfinished = make_ready(), GenerationRun.objects.get(pk=open_order().run_id)
    addresses = [
        "/", "/nowhere", "/accounts/login/", "/accounts/signup/", "/accounts/display/",
        "/accounts/reset/", "/accounts/reset/asked/", "/accounts/reset/MQ/no-such/",
        run.roadmap.get_absolute_url(), concept_page(run), run.get_absolute_url(),
        unfinished.roadmap.get_absolute_url(), unfinished.get_absolute_url(),
    ]  # fmt: skip
    pages = {address: client.get(address).content.decode() for address in addresses}
    pages["refused"] = client.post("/", {"goal": "Python web"}).content.decode()
    assert not any(Page(html).offences for html in pages.values())


@pytest.mark.django_db
def test_the_staffs_pages_work_under_the_same_policy() -> None:
    client = make_visitors().client("staff")
    run = make_ready()
    addresses = ["/admin/", "/admin/accounts/user/", "/admin/auth/group/add/"]
    addresses += ["/operations/", f"/operations/runs/{run.pk}/"]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert Page(answer.content.decode()).offences == []


@pytest.mark.parametrize(
    ("failure", "status"), [(RuntimeError("oh"), 500), (OperationalError("no connection"), 503)]
)
def test_a_failure_gets_a_page_that_needs_no_database(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, status: int
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr("learning.home.views.lists.list_public_roadmaps", fail)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == status
    assert Page(answer.content.decode()).offences == []
    assert ("Retry-After" in answer.headers) is (status == 503)


@pytest.mark.parametrize(
    "path", ["css/cairn.css", "css/code.css", "js/run.js", "js/operations.js", "img/cairn.svg"]
)
def test_static_files_come_from_the_web_process_without_a_database(
    client: Client, path: str
) -> None:
    answer = client.get(f"/static/{path}")
    assert answer.status_code == 200
    assert answer.content == (ROOT / "static" / path).read_bytes()


def test_the_colours_of_code_are_what_their_source_makes() -> None:
    made = (ROOT / "static/css/code.css").read_text(encoding="utf-8")
    assert made == render_code_css()


@pytest.mark.slow
def test_everything_collects_for_production(tmp_path: Path) -> None:
    """A file that names another which is not there would stop a deployment here."""
    code = (
        "from config.settings.test import *\n"
        f"STATIC_ROOT = {str(tmp_path)!r}\n"
        "STORAGES = {'staticfiles': {'BACKEND':"
        " 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'}}\n"
    )
    (tmp_path / "collecting.py").write_text(code, encoding="utf-8")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{tmp_path}:{ROOT}",
             "DJANGO_SETTINGS_MODULE": "collecting"},
        check=True,
        timeout=100,
    )  # fmt: skip
    assert (tmp_path / "staticfiles.json").exists()


def test_a_page_that_is_loaded_at_a_place_of_its_own_begins_there() -> None:
    """Whoever marks a lesson would else see all of it go by, each time."""
    styles = sorted((ROOT / "static" / "css").glob("*.css"))
    assert styles
    assert [one.name for one in styles if "scroll-behavior" in one.read_text()] == []
