"""A new version that is finished when its run was stopped: paid for, so kept; not shown unasked."""

from __future__ import annotations

import pytest

from concepts.content import ArtifactKind
from concepts.models import Artifact, ArtifactVersion
from generation.models import EventType, GenerationRun
from generation.run_states import RunState
from generation.runs import lifecycle, rewriting
from tests.generation.cast import KINDS, artifact, assert_history, get_run
from tests.generation.rewriters import Anew, open_anew
from tests.learning.library import make_ready

pytestmark = pytest.mark.django_db

STOPPED = [RunState.CANCELLED, RunState.PAUSED, RunState.FAILED]


def stop_and_write(
    run: GenerationRun, kind: ArtifactKind = KINDS[0], state: RunState = STOPPED[0]
) -> Anew:
    new = Anew(open_anew(run, kind, "Explain it with ships."))
    new.claim()
    assert lifecycle.stop_run(new.run_id, state, "Enough.")
    assert not new.write()
    return new


def shown(run: GenerationRun, kind: ArtifactKind = KINDS[0]) -> int:
    version = artifact(run.pk, "c02", kind).current_version
    assert version is not None
    return version.number


@pytest.mark.parametrize("state", STOPPED)
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_kept_whole_and_the_old_one_is_shown(kind: ArtifactKind, state: RunState) -> None:
    run = make_ready()
    new = stop_and_write(run, kind, state)
    kept = ArtifactVersion.objects.get(run_id=new.run_id)
    assert (kept.number, shown(run, kind)) == (2, 1)
    assert kept.resources.exists() or hasattr(kept, "tutorial") or kept.quiz.questions.exists()
    stopped = get_run(new.run_id)
    assert (stopped.state, stopped.reason, stopped.model_calls) == (state, "Enough.", 1)
    assert stopped.events.filter(type=EventType.VERSION_KEPT).count() == 1
    assert_history(new.run_id)


def test_it_is_kept_once_however_often_it_is_saved() -> None:
    new = stop_and_write(make_ready())
    assert not new.write()
    assert ArtifactVersion.objects.filter(run_id=new.run_id).count() == 1


def test_of_a_run_that_was_deleted_meanwhile_nothing_is_kept() -> None:
    run = make_ready()
    new = Anew(open_anew(run, KINDS[0], "Ships."))
    new.claim()
    draft = new.draft()
    GenerationRun.objects.filter(pk=new.run_id).delete()
    assert not new.save(draft)
    assert artifact(run.pk, "c02", KINDS[0]).versions.count() == 1


@pytest.mark.parametrize("state", STOPPED)
def test_whoever_takes_the_run_up_again_gets_it_without_paying(state: RunState) -> None:
    run = make_ready()
    new = stop_and_write(run, state=state)
    assert lifecycle.resume_run(new.run_id)
    assert not rewriting.finish_with_kept(new.run_id)  # nobody has begun yet
    new.claim()
    assert rewriting.finish_with_kept(new.run_id)
    assert (get_run(new.run_id).state, shown(run)) == (RunState.READY, 2)
    assert get_run(new.run_id).model_calls == 1
    assert ArtifactVersion.objects.filter(artifact__concept__roadmap=run.roadmap).count() == 13
    assert_history(new.run_id)


def test_a_run_that_has_written_nothing_is_not_finished_so() -> None:
    run = make_ready()
    new = Anew(open_anew(run, KINDS[0], "Ships."))
    new.claim()
    assert not rewriting.finish_with_kept(new.run_id)
    assert get_run(new.run_id).state == RunState.RUNNING


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_shown_once_somebody_says_so(kind: ArtifactKind) -> None:
    run = make_ready()
    new = stop_and_write(run, kind)
    assert rewriting.show_kept(new.run_id)
    assert shown(run, kind) == 2
    assert get_run(new.run_id).dismissed_at is not None
    assert_history(new.run_id)
    others = Artifact.objects.filter(concept__roadmap=run.roadmap).exclude(versions__number=2)
    assert set(others.values_list("current_version__number", flat=True)) == {1}


def test_it_is_not_shown_again_over_a_newer_one() -> None:
    run = make_ready()
    new = stop_and_write(run)
    assert rewriting.show_kept(new.run_id)
    assert Anew(open_anew(run, KINDS[0], "With boats.")).write()
    assert not rewriting.show_kept(new.run_id)
    assert shown(run) == 3


def test_it_is_not_shown_while_the_next_is_being_written() -> None:
    run = make_ready()
    new = stop_and_write(run)
    open_anew(run, KINDS[0], "With boats.")
    assert not rewriting.show_kept(new.run_id)
    assert (shown(run), get_run(new.run_id).dismissed_at) == (1, None)


def test_what_goes_on_is_not_dismissed_and_what_goes_on_again_is_told_anew() -> None:
    run = make_ready()
    new = Anew(open_anew(run, KINDS[0], "Ships."))
    assert not rewriting.dismiss(new.run_id)
    lifecycle.stop_run(new.run_id, RunState.CANCELLED, "Enough.")
    assert [rewriting.dismiss(new.run_id), rewriting.dismiss(new.run_id)] == [True, False]
    assert lifecycle.resume_run(new.run_id)
    assert get_run(new.run_id).dismissed_at is None


def test_a_run_about_a_whole_roadmap_is_nothing_to_dismiss() -> None:
    assert not rewriting.dismiss(make_ready().pk)
