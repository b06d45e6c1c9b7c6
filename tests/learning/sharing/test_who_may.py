"""The table of CONTRIBUTING, row by row: who may do what to whose roadmap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from generation.live.consumers import may_watch
from generation.models import GenerationRun
from roadmaps.makers import MADE_ROADMAPS
from roadmaps.models import Roadmap, Visibility
from tests.learning.library import concept_page, make_ready
from tests.visitors import Visitors, make_visitors

pytestmark = pytest.mark.django_db


ROOT = Path(__file__).resolve().parents[3]
YES, NO, HIDDEN = "yes", "no", "404"
COLUMNS = ("owner", "somebody else", "nobody", "its session", "staff")
# By whose it is (an account's, or a session's that made it) and how it is seen, then by action.
TABLE = {
    ("account", "private"): {
        "read": (YES, HIDDEN, HIDDEN, HIDDEN, YES),
        "watch": (YES, HIDDEN, HIDDEN, HIDDEN, YES),
        "fork": (YES, HIDDEN, HIDDEN, HIDDEN, YES),
        "share": (YES, HIDDEN, HIDDEN, HIDDEN, YES),
        "delete": (YES, HIDDEN, HIDDEN, HIDDEN, YES),
        "resume": (YES, HIDDEN, HIDDEN, HIDDEN, YES),
        "plan": (YES, HIDDEN, HIDDEN, HIDDEN, YES),
        "rewrite": (YES, HIDDEN, HIDDEN, HIDDEN, YES),
    },
    ("account", "unlisted"): {
        "read": (YES, YES, YES, YES, YES),
        "watch": (YES, YES, YES, YES, YES),
        "fork": (YES, YES, YES, YES, YES),
        "share": (YES, NO, NO, NO, YES),
        "delete": (YES, NO, NO, NO, YES),
        "resume": (YES, NO, NO, NO, YES),
        "plan": (YES, NO, NO, NO, YES),
        "rewrite": (YES, NO, NO, NO, YES),
    },
    ("account", "public"): {
        "read": (YES, YES, YES, YES, YES),
        "watch": (YES, YES, YES, YES, YES),
        "fork": (YES, YES, YES, YES, YES),
        "share": (YES, NO, NO, NO, YES),
        "delete": (YES, NO, NO, NO, YES),
        "resume": (YES, NO, NO, NO, YES),
        "plan": (YES, NO, NO, NO, YES),
        "rewrite": (YES, NO, NO, NO, YES),
    },
    ("session", "unlisted"): {
        "read": ("-", YES, YES, YES, YES),
        "watch": ("-", YES, YES, YES, YES),
        "fork": ("-", YES, YES, YES, YES),
        "share": ("-", NO, NO, NO, YES),
        "delete": ("-", NO, NO, YES, YES),
        "resume": ("-", NO, NO, YES, YES),
        "plan": ("-", NO, NO, YES, YES),
        "rewrite": ("-", NO, NO, YES, YES),
    },
}
STATUS = {YES: {200, 302}, NO: {403}, HIDDEN: {404}}


@pytest.fixture
def visitors() -> Visitors:
    return make_visitors()


def come(visitors: Visitors, who: str, roadmap: Roadmap) -> Client:
    names = {"owner": "alice", "somebody else": "bob", "staff": "staff"}
    client = visitors.client(names.get(who, "anonymous"))
    if who == "its session":
        session = client.session
        session[MADE_ROADMAPS] = [str(roadmap.pk)]
        session.save()
        client.cookies[configured.SESSION_COOKIE_NAME] = str(session.session_key)
    return client


def act(client: Client, action: str, run: GenerationRun) -> list[int]:
    address = run.roadmap.get_absolute_url()
    if action == "read":
        pages = [address, concept_page(run), run.get_absolute_url()]
        return [client.get(page).status_code for page in pages]
    if action == "watch":
        cookie = client.cookies.get(configured.SESSION_COOKIE_NAME)
        return [200 if may_watch(run.pk, cookie.value if cookie else None) else 404]
    if action == "resume":
        return [client.post(f"{address}-/resume/").status_code]
    if action == "plan":
        page = f"{run.get_absolute_url()}plan/"
        return [client.get(page).status_code, client.post(page).status_code]
    if action == "rewrite":
        page = concept_page(run).replace(address, f"{address}-/rewrite/")
        wish = {"part": "quiz", "instruction": "With ships."}
        return [client.get(page).status_code, client.post(page, wish).status_code]
    page = {"share": "visibility"}.get(action, action)
    looked = client.get(f"{address}-/{page}/").status_code
    done: Any = client.post(f"{address}-/{page}/", {"visibility": run.roadmap.visibility})
    return [looked, done.status_code]


def may(visitors: Visitors, run: GenerationRun, action: str, who: str) -> str:
    """What the table should say; nothing of what is done here stays."""
    with transaction.atomic():
        answers = set(act(come(visitors, who, run.roadmap), action, run))
        gone = not Roadmap.objects.filter(pk=run.roadmap_id).exists()
        written = GenerationRun.objects.exclude(artifact=None).exists()
        transaction.set_rollback(True)
    said = next((said for said, statuses in STATUS.items() if answers <= statuses), str(answers))
    assert gone is (action == "delete" and said == YES), (action, who)
    assert written is (action == "rewrite" and said == YES), (action, who)
    return said


@pytest.mark.parametrize(("whose", "seen"), TABLE)
def test_who_may_do_what(settings: Settings, visitors: Visitors, whose: str, seen: str) -> None:
    settings.CONTENT_PROVIDERS = {"slow": "tests.generation.cast.make_small_provider"}
    settings.CONTENT_PROVIDER = "slow"
    owner = visitors.alice if whose == "account" else None
    run = make_ready(owner=owner, visibility=Visibility(seen))
    table = TABLE[whose, seen]
    answered = {
        action: tuple(
            expected if expected == "-" else may(visitors, run, action, who)
            for who, expected in zip(COLUMNS, row, strict=True)
        )
        for action, row in table.items()
    }
    assert answered == table


def test_the_table_of_the_guide_is_this_one() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for (whose, seen), actions in TABLE.items():
        for action, row in actions.items():
            line = f"| {whose}'s, {seen} | {action} | {' | '.join(row)} |"
            assert line in guide, line
