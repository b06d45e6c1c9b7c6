"""One artifact written anew, in the rows: what changes, and when; all else stays as it was."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from concepts.artifact_states import ArtifactState
from concepts.content import ArtifactKind
from concepts.models import Artifact, ArtifactVersion, Origin
from generation.models import GenerationRun
from generation.port.request import OutlineRequest
from generation.run_states import RunState
from generation.runs import lifecycle, rewriting
from generation.runs.progress import get_run_progress
from generation.runs.selectors import find_finished_run, get_newest_run
from tests.generation.cast import KINDS, artifact, assert_history, get_run, make_outline
from tests.generation.rewriters import Anew, open_anew
from tests.learning.library import QuickProvider, make_ready, open_order

pytestmark = pytest.mark.django_db

WISH = "Explain it with ships.\nAnd shorter."


@pytest.mark.parametrize("kind", KINDS)
def test_the_new_version_is_shown_and_the_old_one_kept(kind: ArtifactKind) -> None:
    run = make_ready()
    before = artifact(run.pk, "c02", kind)
    new = Anew(open_anew(run, kind, WISH))
    assert new.write()
    after = artifact(run.pk, "c02", kind)
    assert after.current_version is not None
    assert (after.current_version.number, after.current_version.instruction) == (2, WISH)
    assert after.current_version.run_id == new.run_id
    assert list(after.versions.values_list("pk", flat=True))[1:] == [before.current_version_id]
    assert (after.state, after.run_id) == (ArtifactState.READY, run.pk)
    assert before.finished_at is not None
    assert after.finished_at is not None
    assert after.finished_at > before.finished_at
    assert get_run(new.run_id).state == RunState.READY
    assert_history(new.run_id)
    others = Artifact.objects.filter(concept__roadmap=run.roadmap).exclude(pk=after.pk)
    assert set(others.values_list("current_version__number", flat=True)) == {1}


def test_the_artifact_is_ready_all_the_time_to_whoever_counts() -> None:
    run = make_ready()
    whole = get_run_progress(run.pk)
    new = Anew(open_anew(run, ArtifactKind.QUIZ, WISH))
    for happens in (lambda: None, new.claim, new.write):
        happens()
        assert get_run_progress(run.pk) == whole
        assert get_run(run.pk).state == RunState.READY
        assert get_newest_run(run.roadmap) == run


def test_a_run_about_a_part_is_closed_by_its_new_version_alone() -> None:
    new = Anew(open_anew(make_ready(), ArtifactKind.QUIZ, WISH))
    new.claim()
    assert lifecycle.close_run(new.run_id) is None
    assert get_run(new.run_id).state == RunState.RUNNING
    new.write()
    assert get_run(new.run_id).state == RunState.READY


def test_a_run_writes_its_artifact_once_however_often_it_is_saved() -> None:
    run = make_ready()
    new = Anew(open_anew(run, ArtifactKind.TUTORIAL, WISH))
    assert [new.write(), new.write()] == [True, False]
    assert ArtifactVersion.objects.filter(run_id=new.run_id).count() == 1
    assert_history(new.run_id)


def test_only_one_at_a_time_writes_an_artifact_anew() -> None:
    run = make_ready()
    first = open_anew(run, ArtifactKind.QUIZ, WISH)
    with pytest.raises(rewriting.NotRewritten, match="being written anew"):
        open_anew(run, ArtifactKind.QUIZ, "Another wish")
    open_anew(run, ArtifactKind.RESOURCES, WISH)
    Anew(first).write()
    assert open_anew(run, ArtifactKind.QUIZ, "Another wish")


def test_a_stopped_one_is_taken_up_again_unless_another_took_its_place() -> None:
    run = make_ready()
    first = open_anew(run, ArtifactKind.QUIZ, WISH)
    lifecycle.stop_run(first, RunState.PAUSED, "The key was refused.")
    second = open_anew(run, ArtifactKind.QUIZ, "Another wish")
    assert not lifecycle.resume_run(first)
    assert get_run(first).state == RunState.PAUSED
    Anew(second).write()
    assert lifecycle.resume_run(first)
    Anew(first).write()
    assert artifact(run.pk, "c02", ArtifactKind.QUIZ).versions.count() == 3


def test_one_that_waits_for_a_new_day_waits_no_more_when_another_took_its_place() -> None:
    run, now = make_ready(), timezone.now()
    first = open_anew(run, ArtifactKind.QUIZ, WISH)
    lifecycle.stop_run(first, RunState.PAUSED, "The day is spent.")
    GenerationRun.objects.filter(pk=first).update(resumes_at=now)
    open_anew(run, ArtifactKind.QUIZ, "Another wish")
    assert not lifecycle.go_on(first, now)
    waiting = get_run(first)
    assert (waiting.state, waiting.resumes_at) == (RunState.PAUSED, None)


def test_what_is_not_written_yet_is_not_written_anew() -> None:
    scribe = open_order()
    scribe.plan()
    with pytest.raises(rewriting.NotRewritten, match="not written yet"):
        open_anew(get_run(scribe.run_id), ArtifactKind.QUIZ, WISH)


def test_what_is_built_in_is_not_written_anew() -> None:
    run = make_ready()
    ArtifactVersion.objects.update(origin=Origin.AUTHORED)
    with pytest.raises(rewriting.NotRewritten, match="built in"):
        open_anew(run, ArtifactKind.QUIZ, WISH)


def test_a_part_written_anew_does_not_make_a_roadmap_ready_to_read() -> None:
    scribe = open_order(QuickProvider(make_outline(4)))
    scribe.plan()
    scribe.write(6)
    run = get_run(scribe.run_id)
    Anew(open_anew(run, ArtifactKind.TUTORIAL, WISH)).write()
    run.roadmap.refresh_from_db()
    assert not run.roadmap.is_readable
    scribe.write()
    assert scribe.close() == RunState.READY
    run.roadmap.refresh_from_db()
    assert run.roadmap.is_readable


def test_nobody_is_answered_with_a_run_about_a_part() -> None:
    run = make_ready()
    new = open_anew(run, ArtifactKind.TUTORIAL, WISH)
    Anew(new).write()
    GenerationRun.objects.filter(pk=new).update(options=run.options)
    wanted = OutlineRequest.from_options(run.roadmap.goal, run.options)
    assert find_finished_run(wanted, provider=run.provider) == run.pk


def test_whoever_dies_again_and_again_while_writing_stops_the_run_and_changes_nothing() -> None:
    run = make_ready()
    new = Anew(open_anew(run, ArtifactKind.QUIZ, WISH))
    begun = 0
    while new.claim(lease_seconds=-1) is not None:
        begun += 1
        assert begun < 20
    assert begun == lifecycle.MOST_STARTS + 1
    stopped = get_run(new.run_id)
    assert (stopped.state, stopped.reason) == (RunState.PAUSED, lifecycle.NEVER_WRITTEN)
    assert artifact(run.pk, "c02", ArtifactKind.QUIZ).versions.count() == 1


def test_only_one_holds_the_work_and_a_planner_leaves_it_alone() -> None:
    run = make_ready()
    new = Anew(open_anew(run, ArtifactKind.QUIZ, WISH))
    planned = new.claim(only_plans=True)
    assert planned is not None
    assert not planned.rewrites
    held = new.claim()
    assert held is not None
    assert held.rewrites
    assert Anew(new.run_id, me=uuid.uuid4()).claim() is None
