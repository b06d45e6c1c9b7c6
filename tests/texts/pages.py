"""Every page and state there is, to be looked at as a whole: add yours.

A scene builds what it needs and gives the answers it is about, by a name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from accounts.email_links import make_link_token
from accounts.models import User
from generation.models import GenerationRun
from generation.port.errors import ContentError
from generation.run_states import RunState
from generation.runs import lifecycle
from learning.sharing.copying import copy_roadmap
from roadmaps.models import Roadmap, Visibility
from tests.generation.cast import KINDS, make_outline
from tests.learning.library import QuickProvider, concept_page, make_ready, open_order
from tests.learning.planning.planning import form_of, make_planned

Pages = dict[str, Any]
Scene = Callable[[], Pages]
SCENES: dict[str, Scene] = {}
PASSWORD = "rope-and-twine"


def scene(build: Scene) -> Scene:
    SCENES[build.__name__] = build
    return build


def somebody(**fields: Any) -> User:
    user, _is_new = User.objects.get_or_create(email="carol@knots.example", defaults=fields)
    if not user.has_usable_password():
        user.set_password(PASSWORD)
        user.save()
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def look(client: Client, *addresses: str) -> Pages:
    return {address: client.get(address) for address in addresses}


@scene
def first_page() -> Pages:
    client, carol = Client(), signed_in(somebody())
    empty = {"nothing yet": client.get("/")}
    make_ready()
    make_ready(owner=somebody(), visibility=Visibility.PRIVATE)
    return empty | {
        "a list": client.get("/"),
        "one's own": carol.get("/"),
        "found": client.get("/?q=knots"),
        "not found": client.get("/?q=zzz"),
        "too far": client.get("/?page=19"),
        "no goal": client.post("/", {"goal": "", "hours_per_week": "99"}),
    }


@scene
def refused_goals() -> Pages:
    """On the form at once, and in a run that ended with it."""
    client = Client()
    goals = "Watercolour painting", "Python web"
    seen: Pages = {goal: client.post("/", {"goal": goal}) for goal in goals}
    wish = {"goal": "Python web development", "level": "advanced"}
    seen["another level"] = client.post("/", wish)
    scribe = open_order()
    scribe.start()
    said = "“Vienna 1700s” may mean several quite different things."
    lifecycle.stop_run(scribe.run_id, RunState.FAILED, said, instead=["Python web development"])
    roadmap = Roadmap.objects.get(runs=scribe.run_id)
    return seen | look(client, roadmap.get_absolute_url(), f"/runs/{scribe.run_id}/")


@scene
def account_pages() -> Pages:
    client, carol = Client(), signed_in(somebody())
    pages = "display", "login", "signup", "reset", "reset/asked", "reset/complete", "deleted"
    own = "settings", "password", "email", "delete"
    seen = look(client, *(f"/accounts/{page}/" for page in pages), "/accounts/reset/MQ/x-y/")
    seen |= look(carol, *(f"/accounts/{page}/" for page in own), "/accounts/email/x/")
    for done in ("settings", "password", "asked", "email"):
        seen |= look(carol, f"/accounts/settings/?done={done}")
    seen["signed up"] = client.get("/accounts/login/?signed_up=1")
    for page in ("display", "login", "signup", "reset"):
        seen[f"{page}, empty"] = client.post(f"/accounts/{page}/", {})
    for page in ("settings", "password", "email", "delete"):
        seen[f"{page}, wrong"] = carol.post(f"/accounts/{page}/", {"password": "x", "email": "x"})
    somebody_else = User.objects.create(email="dan@knots.example", wanted_email="d@knots.example")
    seen |= look(client, f"/accounts/email/{make_link_token(somebody_else)}/")
    weak = {"email": "x", "password1": "aaaa", "password2": "b"}
    seen["weak"] = client.post("/accounts/signup/", weak)
    return seen


@scene
def too_often() -> Pages:
    client, name = Client(), "carol@knots.example"
    wrong = {"username": name, "password": "x"}
    for _ in range(12):
        answer = client.post("/accounts/login/", wrong)
    carol = signed_in(somebody())
    for _ in range(12):
        export = carol.get("/accounts/export/")
    return {"too many passwords": answer, "too many exports": export}


@scene
def one_roadmap() -> Pages:
    client = Client()
    run = make_ready()
    address = run.roadmap.get_absolute_url()
    return look(client, address, concept_page(run), run.get_absolute_url())


@scene
def plans_that_wait() -> Pages:
    carol = somebody()
    run, client = make_planned(owner=carol), signed_in(carol)
    page = f"{run.get_absolute_url()}plan/"
    old = form_of(run, **{"title-c1": "The knot 5"})
    seen = look(client, page, run.get_absolute_url(), run.roadmap.get_absolute_url())
    client.post(page, form_of(run, "up:c2", title="Knots", level="advanced", known=["c2"]))
    seen["stale"] = client.post(page, old)
    seen["no wish"] = client.post(page, form_of(run, "anew"))
    seen["no title"] = client.post(page, form_of(run, **{"title-c1": ""}))
    return seen


@scene
def unfinished() -> Pages:
    client = Client()
    waiting = open_order()
    seen: Pages = {}
    for state in ("waiting", "planned"):
        roadmap = Roadmap.objects.get(runs=waiting.run_id)
        seen[state] = client.get(roadmap.get_absolute_url())
        seen[f"{state}, its run"] = client.get(f"/runs/{waiting.run_id}/")
        if state == "waiting":
            waiting.plan()
    lesson = concept_page(GenerationRun.objects.get(pk=waiting.run_id))
    seen["lesson, waiting"] = client.get(lesson, headers={"X-Prefetch": "1"})
    seen["lesson, next"] = client.get(lesson)
    fails = {("c02", kind): ContentError("The knot c02") for kind in KINDS}
    partial = make_ready(QuickProvider(make_outline(4), fail=fails))
    seen |= look(client, partial.roadmap.get_absolute_url(), concept_page(partial))
    seen["partial, its run"] = client.get(partial.get_absolute_url())
    for state in (RunState.PAUSED, RunState.CANCELLED):
        scribe = open_order()
        scribe.plan()
        lifecycle.stop_run(scribe.run_id, state, "The knot c02")
        roadmap = Roadmap.objects.get(runs=scribe.run_id)
        seen[state.value] = client.get(roadmap.get_absolute_url())
        seen[f"{state.value}, its run"] = client.get(f"/runs/{scribe.run_id}/")
    return seen


@scene
def sharing() -> Pages:
    carol = somebody()
    hers = signed_in(carol)
    seen: Pages = {}
    for visibility in Visibility:
        roadmap = make_ready(owner=carol, visibility=visibility).roadmap
        base = f"{roadmap.get_absolute_url()}-"
        seen |= look(hers, *(f"{base}/{page}/" for page in ("visibility", "fork", "delete")))
        seen[f"{visibility}, saved"] = hers.get(f"{base}/visibility/?saved=1")
        seen[f"{visibility}, wrong"] = hers.post(f"{base}/visibility/", {"visibility": "x"})
    seen["a copy"] = hers.get(copy_roadmap(roadmap, owner=carol).get_absolute_url())
    seen["not signed in"] = Client().get(f"{base}/fork/")
    seen["not theirs"] = Client().get(f"{base}/delete/")
    return seen


@scene
def when_things_go_wrong() -> Pages:
    client = Client(raise_request_exception=False)
    seen = look(client, "/nowhere", "/%00", "/runs/00000000-0000-4000-8000-000000000000/")
    strict = Client(enforce_csrf_checks=True)
    seen["no token"] = strict.post("/accounts/login/", {"username": "x", "password": "y"})
    return seen
