"""Finished and unfinished roadmaps as the admin meets them, made with model-bakery."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.utils import timezone
from model_bakery import baker

from accounts.models import User
from concepts.artifact_states import ArtifactState
from concepts.models import (
    Artifact,
    ArtifactVersion,
    Choice,
    Concept,
    ConceptPrerequisite,
    Question,
    Quiz,
    Resource,
    Tutorial,
)
from generation.models import (
    CallOutcome,
    EventType,
    GenerationEvent,
    GenerationRun,
    ModelCallRecord,
    RunSpending,
)
from generation.run_states import RunState
from generation.spent_models import DaySpending, Reservation
from learning.models import (
    Complaint,
    ConceptMark,
    Learner,
    Note,
    QuestionAnswer,
    QuizAttempt,
    Report,
    Standing,
)
from roadmaps.models import Module, Roadmap, Stage

PAYLOADS = ("tutorial", "resources", "quiz")


def make_roadmaps(count: int) -> None:
    """So many roadmaps, each with so many of everything, and a row of each model."""
    for number in range(count):
        make_roadmap(f"Knots {uuid.uuid4()} {number}", concepts=count)
    baker.make("django_celery_results.TaskResult", _quantity=count)
    baker.make("django_celery_results.GroupResult", _quantity=count)
    baker.make("auth.Group", _quantity=count)


def make_roadmap(title: str, *, concepts: int) -> GenerationRun:
    owner = baker.make(User, email=f"{uuid.uuid4()}@knots.example")
    roadmap = baker.make(Roadmap, title=title, goal=title, slug=uuid.uuid4(), owner=owner)
    run = make_run(roadmap, requested_by=owner)
    make_calls(run, concepts)
    earlier: Concept | None = None
    for position in range(concepts):
        stage = baker.make(Stage, roadmap=roadmap, position=position, title="Part")
        for place in range(concepts):
            module = baker.make(Module, stage=stage, position=place, title="Ropes")
        concept = make_concept(run, module, position, size=concepts)
        if earlier is not None:
            baker.make(ConceptPrerequisite, concept=concept, requires=earlier)
        earlier = concept
    leave_behind(run.roadmap, owner)
    return run


def leave_behind(roadmap: Roadmap, user: User) -> None:
    """What somebody who went through all of a roadmap leaves."""
    learner = baker.make(Learner, user=user)
    for concept in Concept.objects.filter(roadmap=roadmap):
        baker.make(ConceptMark, learner=learner, concept=concept, standing=Standing.DONE)
        baker.make(Note, learner=learner, concept=concept, markdown="My own words.")
        quiz = Quiz.objects.get(version__artifact__concept=concept)
        attempt = baker.make(QuizAttempt, learner=learner, concept=concept, quiz=quiz)
        for question in quiz.questions.all():
            baker.make(QuestionAnswer, attempt=attempt, question=question)
        baker.make(Report, learner=learner, version=quiz.version, kind=Complaint.WRONG)


def make_run(roadmap: Roadmap, state: RunState = RunState.READY, **fields: Any) -> GenerationRun:
    run: GenerationRun = baker.make(
        GenerationRun, roadmap=roadmap, state=state, reason="why", provider="scripted", **fields
    )
    return run


def make_calls(run: GenerationRun, count: int) -> None:
    """So many calls, each by a puller of its own."""
    for _ in range(count):
        known: dict[str, Any] = {
            "run": run,
            "tokens_in": 10,
            "tokens_out": 20,
            "cost_usd": Decimal("0.0005"),
        }
        call: dict[str, Any] = {"purpose": "quiz", "outcome": CallOutcome.OK, "at": timezone.now()}
        baker.make(ModelCallRecord, id=uuid.uuid4(), **known, **call)
        baker.make(RunSpending, puller=uuid.uuid4(), calls=1, **known)
    today = timezone.now().date()
    day, _ = DaySpending.objects.get_or_create(scope=f"run:{run.pk}", day=today)
    baker.make(Reservation, count, spending=day, call=uuid.uuid4, until=timezone.now())


def make_concept(run: GenerationRun, module: Module, position: int, *, size: int) -> Concept:
    concept = baker.make(
        Concept,
        roadmap=run.roadmap,
        module=module,
        position=position,
        title=f"Knot {position}",
        slug=f"knot-{position}",
        outline_key=f"c{position}",
        difficulty=1,
        est_minutes=20,
    )
    for place, kind in enumerate(PAYLOADS):
        version = make_version(run, concept, kind, place)
        baker.make(
            GenerationEvent,
            run=run,
            seq=len(PAYLOADS) * position + place + 1,
            type=EventType.ARTIFACT_READY,
            concept=concept,
            kind=kind,
        )
        make_payload(version, kind, size)
    return concept


def make_version(run: GenerationRun, concept: Concept, kind: str, place: int) -> ArtifactVersion:
    artifact = make_artifact(run, concept, kind, position=place)
    version = baker.make(ArtifactVersion, artifact=artifact, number=1, run_id=run.pk)
    Artifact.objects.filter(pk=artifact.pk).update(
        state=ArtifactState.READY, current_version=version
    )
    return version


def make_artifact(run: GenerationRun, concept: Concept, kind: str, **fields: Any) -> Artifact:
    artifact: Artifact = baker.make(Artifact, concept=concept, kind=kind, run_id=run.pk, **fields)
    return artifact


def make_payload(version: ArtifactVersion, kind: str, size: int) -> None:
    if kind == "tutorial":
        baker.make(Tutorial, version=version, markdown="Take the rope.", html="<p>Take it.</p>")
    elif kind == "resources":
        for position in range(size):
            url = f"https://knots.example/{position}"
            baker.make(Resource, version=version, position=position, url=url, url_canonical=url)
    else:
        make_questions(baker.make(Quiz, version=version), size)


def make_questions(quiz: Quiz, size: int) -> None:
    for position in range(size):
        question = baker.make(Question, quiz=quiz, position=position, stem="Which?", difficulty=1)
        for place in range(size):
            baker.make(
                Choice, question=question, position=place, text=str(place), rationale="it holds"
            )


def make_failed(state: RunState = RunState.PARTIAL) -> list[Artifact]:
    """A closed run with three failed artifacts."""
    run = make_roadmap(f"Broken {uuid.uuid4()}", concepts=1)
    GenerationRun.objects.filter(pk=run.pk).update(state=state, last_seq=3)
    artifacts = Artifact.objects.filter(run_id=run.pk)
    artifacts.update(state=ArtifactState.FAILED, error_public="It would not hold.", attempts=3)
    return list(artifacts.order_by("pk"))
