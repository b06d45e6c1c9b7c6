"""No input makes an error of ours: no 5xx, no exception that nobody caught."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from itertools import islice

import pytest
from django.conf import settings

from concepts.models import Concept
from generation.models import GenerationRun
from tests.fuzz import hostile
from tests.fuzz.conftest import Site
from tests.fuzz.raw import Ask, Line
from tests.fuzz.routes import list_routes
from tests.learning.library import make_ready
from tests.visitors import make_visitors
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.wide,
    pytest.mark.timeout(900),
]

# What a server says to bytes that are no HTTP at all; uvicorn may also just hang up.
NOT_HTTP = {0, 400}


@pytest.fixture
def run(transactional_db: None) -> GenerationRun:
    return make_ready()


@pytest.fixture
def routes(run: GenerationRun) -> list[bytes]:
    """All of ours; of the admin's, which are much alike, the way in and some."""
    concept = Concept.objects.filter(roadmap=run.roadmap_id).first()
    assert concept is not None
    samples = {
        "run_id": str(run.pk),
        "roadmap_id": str(run.roadmap_id),
        "concept_id": str(concept.stable_key),
        "slug": run.roadmap.slug,
        "roadmap_slug": run.roadmap.slug,
        "object_id": str(run.roadmap_id),
        "app_label": "roadmaps",
        "uuid": str(run.pk),
        "uslug": run.roadmap.slug,
        "int": "1",
        "str": "x",
        "path": "1",
    }
    page = f"{run.roadmap.get_absolute_url()}{concept.slug}/"
    found = [route.encode() for route in [*list_routes(samples), page]]
    admins = [route for route in found if route.startswith(b"/admin/")]
    return sorted({b"/admin/", b"/admin/login/", *admins[::8], *(set(found) - set(admins))})


@pytest.fixture
def cookies(run: GenerationRun) -> dict[str, bytes]:
    visitors = make_visitors()
    return {"anonymous": b""} | {
        name: b"%s=%s"
        % (
            settings.SESSION_COOKIE_NAME.encode(),
            visitors.client(name).cookies[settings.SESSION_COOKIE_NAME].value.encode(),
        )
        for name in ("alice", "staff")
    }


@pytest.fixture(params=[40, pytest.param(12, marks=pytest.mark.wide)])
def step(request: pytest.FixtureRequest) -> int:
    """Of what may be asked, one of so many in turn: neighbours ask for much the same."""
    asked: int = request.param
    return asked


def ask_all(site: Site, asks: Iterable[Ask], cookies: bytes = b"", *, step: int = 1) -> int:
    """How many were asked. Fails for the first that is answered with an error of ours."""
    asked = 0
    with closing(Line(site.port)) as line:
        for ask in islice(asks, None, None, step):
            ask.cookies = ask.cookies or cookies
            status = line.ask(ask)
            if status == 503:  # which a machine that is busy elsewhere gives, too; input every time
                status = _ask_until_it_is_free(line, ask)
            assert status < 500, f"{status} for {ask.told()}"
            asked += 1
    assert site.complaints() == []
    assert site.is_up()
    return asked


def _ask_until_it_is_free(line: Line, ask: Ask) -> int:
    wait_until(lambda: line.ask(ask) != 503, seconds=20, every=1)
    return line.ask(ask)


def test_every_route_takes_any_query(
    site: Site, routes: list[bytes], cookies: dict[str, bytes], step: int
) -> None:
    for who, cookie in cookies.items():
        mine = [one for one in routes if one.startswith(b"/admin/") == (who == "staff")]
        asks = (ask for route in mine for ask in hostile.query_asks(route))
        assert ask_all(site, asks, cookie, step=step) >= 100 // step * len(mine)


def test_every_route_takes_any_header_and_cookie(
    site: Site, routes: list[bytes], step: int
) -> None:
    # Django's own doors, and one of each of ours: what reads headers is the same for all.
    chosen = [one for one in routes if not one.startswith(b"/admin/") or one == b"/admin/login/"]
    asks = (ask for route in chosen for ask in hostile.header_asks(route))
    assert ask_all(site, asks, step=step) >= 80 // step * len(chosen)


def test_every_route_takes_any_body(
    site: Site, routes: list[bytes], cookies: dict[str, bytes], step: int
) -> None:
    for who, cookie in cookies.items():
        mine = [one for one in routes if one.startswith(b"/admin/") == (who == "staff")]
        mine = [one for one in mine if not one.endswith((b"/logout/", b"/password_change/"))]
        asks = (ask for route in mine for ask in hostile.body_asks(route))
        assert ask_all(site, asks, cookie, step=step) >= 70 // step * len(mine)


@pytest.mark.parametrize("one_of", [3, pytest.param(1, marks=pytest.mark.wide)])
def test_every_route_takes_any_method(site: Site, routes: list[bytes], one_of: int) -> None:
    asks = (ask for route in routes for ask in hostile.method_asks(route))
    assert ask_all(site, asks, step=one_of) >= len(hostile.METHODS) // one_of * len(routes)


def test_nowhere_is_a_page_like_others(site: Site, cookies: dict[str, bytes]) -> None:
    nowhere = [Ask(target=path) for path in hostile.PATHS]
    for cookie in cookies.values():
        assert ask_all(site, nowhere, cookie) == len(hostile.PATHS)


def test_bytes_that_are_no_http_are_refused(site: Site) -> None:
    with closing(Line(site.port)) as line:
        for ask in (Ask(b"\xff\xff"), Ask(b"G T"), Ask(target=b""), Ask(target=b"/ /")):
            assert line.ask(ask) in NOT_HTTP | {404, 405}
    assert site.complaints() == []
