"""Pages of a lesson, of progress and of the staff; see `pages`."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client, override_settings

from accounts.models import User
from concepts.content import ArtifactKind
from concepts.models import Artifact, ArtifactVersion, Concept
from generation.models import GenerationRun
from generation.run_states import RunState
from generation.runs.rewriting import finish_with_kept
from learning.learners import obtain_learner
from learning.models import ConceptMark, Note, Report
from tests.generation.rewriters import Anew, open_anew
from tests.learning.library import concept_page, make_ready, open_order
from tests.learning.quiz.cast import (
    FAULTY,
    LINES,
    PRODUCING,
    TYPED,
    Form,
    make_quiz,
    open_form,
)
from tests.texts.pages import SCENES, Pages, look, scene, signed_in, somebody

__all__ = ["SCENES"]


def first_concept() -> Concept:
    run = make_ready()
    return Concept.objects.filter(roadmap=run.roadmap_id).earliest("position")


@scene
def progress() -> Pages:
    carol = somebody()
    hers, empty = signed_in(carol), look(Client(), "/learning/")
    concept = first_concept()
    learner = obtain_learner(carol, hers.session)
    ConceptMark.objects.create(
        learner=learner, concept=concept, standing="done", completed_version=0
    )
    seen = {"begun": hers.get("/learning/"), "home": hers.get("/")}
    seen["roadmap"] = hers.get(concept.roadmap.get_absolute_url())
    for other in Concept.objects.filter(roadmap=concept.roadmap).exclude(pk=concept.pk):
        ConceptMark.objects.create(learner=learner, concept=other, standing="skipped")
    seen["through"] = hers.get("/learning/")
    seen["a roadmap, through"] = hers.get(concept.roadmap.get_absolute_url())
    return empty | seen


@scene
def lesson() -> Pages:
    carol = somebody()
    hers, concept = signed_in(carol), first_concept()
    base, learner = concept.roadmap.get_absolute_url(), obtain_learner(carol, hers.session)
    forms = [f"{base}-/{page}/{concept.slug}/" for page in ("note", "report", "mark")]
    seen = look(hers, f"{base}{concept.slug}/", *forms[:2])
    seen["report, wrong"] = hers.post(forms[1], {"kind": "x"})
    seen["mark, wrong"] = hers.post(forms[2], {"standing": "x"})
    seen["note, elsewhere"] = hers.post(forms[0], {"markdown": "x", "revision": "7"})
    Note.objects.update_or_create(
        learner=learner, concept=concept, defaults={"markdown": "A knot.", "revision": 3}
    )
    seen["note, changed meanwhile"] = hers.post(forms[0], {"markdown": "A knot", "revision": "1"})
    version = Artifact.objects.get(concept=concept, kind="tutorial").current_version
    assert version is not None
    Report.objects.create(learner=learner, version=version, kind="wrong")
    for standing in ("done", "known", "skipped"):
        ConceptMark.objects.update_or_create(
            learner=learner, concept=concept, defaults={"standing": standing}
        )
        seen[standing] = hers.get(f"{base}{concept.slug}/")
    # Another one: what the pages above showed of this one is in its rows.
    known = Concept.objects.filter(roadmap=concept.roadmap).exclude(pk=concept.pk).latest("pk")
    Artifact.objects.filter(concept=known).delete()
    Concept.objects.filter(pk=known.pk).update(is_known=True)
    seen["known before there was a plan"] = hers.get(f"{base}{known.slug}/")
    return {page: answer for page, answer in seen.items() if answer.status_code < 300}  # fmt: skip


@scene
def quiz() -> Pages:
    concept = first_concept()
    address = f"{concept.roadmap.get_absolute_url()}-/quiz/{concept.slug}/"
    client = Client()
    form = Form(client.get(address).content.decode())
    firsts = {name: [next(iter(places))] for name, places in form.options.items()}
    given = {"token": form.token} | firsts
    some = dict(list(given.items())[:2])
    seen = look(client, address) | {"nothing chosen": client.post(address, {"token": form.token})}
    seen["strange"] = client.post(address, {"token": "x"})
    seen["some"] = client.post(address, some, follow=True)
    seen["all"] = client.post(address, given, follow=True)
    again = (f"{address}?again={which}" for which in ("all", "wrong"))
    seen |= produce(concept, address)
    return seen | look(client, *again, f"{concept.roadmap.get_absolute_url()}{concept.slug}/")


def produce(concept: Concept, address: str) -> Pages:
    """Of its next version, whose answers are typed and put in order."""
    make_quiz(concept, 2, about="twine", questions=PRODUCING)
    client = Client()
    form = open_form(client, address)
    given: dict[str, Any] = {"token": form.token, TYPED: "Bowline 3", FAULTY: "2"}
    seen: Pages = {"to be produced": client.get(address)}
    seen["a number twice"] = client.post(address, given | {LINES: ["1", "1", "2", "3"]})
    lines = [line.strip() for line in form.lines[LINES]]
    ranked = form.rank(LINES, *lines)
    seen["produced"] = client.post(address, given | {LINES: ranked}, follow=True)
    other = open_form(client, f"{address}?again=all")
    told = {"token": other.token, LINES: other.rank(LINES, *sorted(lines))}
    seen["produced, other lines"] = client.post(address, told, follow=True)
    return seen


@scene
def rewriting() -> Pages:
    staff = User.objects.create_superuser("staff@knots.example", "rope-and-twine")
    client, run = signed_in(staff), make_ready()
    base, slug = concept_page(run).rstrip("/").rsplit("/", 1)
    form, lesson = f"{base}/-/rewrite/{slug}/", f"{base}/{slug}/"
    seen = {"no model": client.get(form)}
    somebody_writes = {"slow": "tests.generation.cast.make_small_provider"}
    with override_settings(CONTENT_PROVIDERS=somebody_writes, CONTENT_PROVIDER="slow"):
        seen |= {"form": client.get(form), "wrong": client.post(form, {})}
        new = open_anew(run, ArtifactKind.QUIZ, "A knot.")
        order = {"part": "quiz", "instruction": "A knot."}
        seen |= {"under way": client.post(form, order), "under way, lesson": client.get(lesson)}
        seen["under way, run"] = look_at(new)
        for state in (RunState.PAUSED, RunState.CANCELLED, RunState.FAILED):
            GenerationRun.objects.filter(pk=new).update(state=state, reason="LLM_API_KEY")
            seen |= {f"{state} lesson": client.get(lesson), f"{state} run": look_at(new)}
        anew = Anew(new)
        anew.write()
        seen |= {"kept, lesson": client.get(lesson), "kept, run": look_at(new)}
        GenerationRun.objects.filter(pk=new).update(state=RunState.QUEUED)
        anew.claim()
        finish_with_kept(new)
        seen |= {"written, run": look_at(new), "written, form": client.get(form)}
        with override_settings(USER_ROADMAPS_PER_DAY=0):
            seen["closed"] = client.post(form, order)
        ArtifactVersion.objects.update(origin="authored")
        seen["built in"] = client.get(form)
    return seen


def look_at(run_id: uuid.UUID) -> Any:
    """Staff read what a run keeps, in its own words."""
    return Client().get(f"/runs/{run_id}/")


@scene
def staff() -> Pages:
    staff = User.objects.create_superuser("staff@knots.example", "rope-and-twine")
    client = signed_in(staff)
    waiting = open_order().run_id
    run = make_ready()
    seen = look(client, "/operations/", f"/operations/runs/{run.pk}/")
    for act in ("cancel", "resume", "retry", "cancel"):
        for where in ("run", "board"):
            for pk in (waiting, run.pk):
                address = f"/operations/runs/{pk}/{act}/"
                told = client.post(address, {"from": where}, follow=True)
                seen[f"{act} {pk} on {where} {len(seen)}"] = told
    return seen
