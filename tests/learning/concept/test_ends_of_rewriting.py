"""What a page says when a new version did not come, and how that goes away."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from concepts.content import ArtifactKind
from concepts.models import ArtifactVersion
from generation.models import GenerationRun
from generation.run_states import RunState
from generation.runs import lifecycle
from tests.generation.cast import get_run
from tests.generation.rewriters import Anew, open_anew
from tests.learning.concept.test_notes import address
from tests.learning.concept.test_rewriting import maker_of, read
from tests.learning.library import Page, concept_page, make_ready
from tests.visitors import VISITORS, make_visitors

pytestmark = pytest.mark.django_db

ENDED = [RunState.FAILED, RunState.PAUSED, RunState.CANCELLED]
TOLD = "new version"


def stop(
    run: GenerationRun, state: RunState = RunState.FAILED, *, wrote: bool = False
) -> uuid.UUID:
    new = Anew(open_anew(run, ArtifactKind.TUTORIAL, "With ships."))
    new.claim()
    lifecycle.stop_run(new.run_id, state, "It is too long.")
    if wrote:
        assert not new.write()
    return new.run_id


def say(client: Client, run: GenerationRun, new: object, do: str = "dismiss") -> Any:
    return client.post(address(run, "rewriting"), {"run": str(new), "do": do})


@pytest.mark.parametrize("state", ENDED)
def test_a_notice_goes_when_it_is_told_to_and_stays_gone(
    admin_client: Client, state: RunState
) -> None:
    run = make_ready()
    new = stop(run, state)
    before = admin_client.get(concept_page(run))
    assert "Do not tell me again" in before.content.decode()
    answer = say(admin_client, run, new)
    assert (answer.status_code, answer.headers["Location"]) == (302, concept_page(run))
    known = {"If-None-Match": before.headers["ETag"]}
    after = admin_client.get(concept_page(run), headers=known)
    assert after.status_code == 200
    assert TOLD not in after.content.decode()
    assert get_run(new).state == state
    assert say(admin_client, run, new).status_code == 302


def test_looking_alone_takes_no_notice_away(admin_client: Client) -> None:
    run = make_ready()
    stop(run)
    assert [TOLD in read(admin_client, run) for _ in range(2)] == [True, True]
    assert admin_client.get(address(run, "rewriting")).status_code == 405


def test_what_comes_of_the_next_is_told_again(admin_client: Client) -> None:
    run = make_ready()
    say(admin_client, run, stop(run))
    stop(run, RunState.CANCELLED)
    assert "The new version was not written: that was stopped." in read(admin_client, run)


def test_while_it_is_written_there_is_nothing_to_be_dismissed(admin_client: Client) -> None:
    run = make_ready()
    new = open_anew(run, ArtifactKind.TUTORIAL, "With ships.")
    assert "Do not tell me again" not in read(admin_client, run)
    say(admin_client, run, new)
    assert "A new version is being written." in read(admin_client, run)


def test_one_that_was_finished_when_it_was_stopped_is_offered_and_shown_on_request(
    admin_client: Client, client: Client
) -> None:
    run = make_ready()
    new = stop(run, RunState.CANCELLED, wrote=True)
    page = read(admin_client, run)
    assert "It is kept, not shown." in page
    assert "Show the new version" in page
    assert "Tying c02</" in page
    assert TOLD not in read(client, run)
    say(admin_client, run, new, "show")
    page = read(admin_client, run)
    assert "Tying c02-anew</" in page
    assert TOLD not in page
    assert "Tying c02-anew</" in read(client, run)


def test_one_that_is_not_wanted_is_not_shown(admin_client: Client) -> None:
    run = make_ready()
    new = stop(run, RunState.CANCELLED, wrote=True)
    say(admin_client, run, new)
    say(admin_client, run, new, "show")
    assert "Tying c02</" in read(admin_client, run)
    assert ArtifactVersion.objects.filter(run_id=new).exists()


@pytest.mark.parametrize("do", ["show", "dismiss"])
@pytest.mark.parametrize("visitor", VISITORS)
def test_only_who_may_have_it_written_anew_says_what_becomes_of_it(visitor: str, do: str) -> None:
    visitors = make_visitors()
    run = make_ready(owner=visitors.alice)
    new = stop(run, RunState.CANCELLED, wrote=True)
    may = visitor in {"alice", "staff"}
    client = visitors.client(visitor)
    assert ("Do not tell me again" in read(client, run)) is may
    assert say(client, run, new, do).status_code == (302 if may else 403)
    assert (get_run(new).dismissed_at is not None) is may


def test_a_run_of_another_roadmap_is_out_of_reach() -> None:
    theirs, mine = make_ready(), make_ready()
    new = stop(theirs, wrote=True)
    assert say(maker_of(mine), mine, new, "show").status_code in {302, 403}
    assert get_run(new).dismissed_at is None


@pytest.mark.parametrize(
    "said", [{}, {"run": "x", "do": "show"}, {"do": "dismiss"}, {"run": "", "do": ""}]
)
def test_what_makes_no_sense_changes_nothing(admin_client: Client, said: dict[str, str]) -> None:
    run = make_ready()
    new = stop(run)
    assert admin_client.post(address(run, "rewriting"), said).status_code == 302
    assert say(admin_client, run, new, "shout").status_code == 302
    assert say(admin_client, run, uuid.uuid4()).status_code == 302
    assert get_run(new).dismissed_at is None


def test_the_form_works_as_it_stands_in_the_page(admin_client: Client) -> None:
    run = make_ready()
    new = stop(run)
    page = Page(read(admin_client, run))
    assert address(run, "rewriting") in [
        one.get("action") for tag, one in page.tags if tag == "form"
    ]
    assert str(new) in [one.get("value") for _, one in page.tags if one.get("name") == "run"]
