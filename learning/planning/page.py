"""What the page of a plan tells: its parts, and what it takes to write and to learn them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from generation.models import GenerationRun
from generation.port.skeleton import Skeleton, SkeletonConcept
from generation.port.skeleton_changes import ChangeKind
from generation.port.skeleton_edits import EditRefused
from generation.runs.estimates import estimate_run
from generation.runs.plans import Plan
from learning.planning.changing import LOOKED_AT

# Nobody knows before the details are written; what plans of the last weeks came to.
MINUTES_A_CONCEPT = 35
# For who has not said how much time they have.
HOURS_A_WEEK = 5

# What the pure module says, so that it is translated.
MESSAGES = (
    gettext_noop("That part of the plan is not there any more."),
    gettext_noop("A title is missing."),
    gettext_noop("A title has no more than 300 characters."),
    gettext_noop("“%(title)s” is no title: it holds signs that no text has."),
    gettext_noop("Two concepts would be called “%(title)s”."),
    gettext_noop("Two stages would be called “%(title)s”."),
    gettext_noop("A plan needs at least one concept."),
    gettext_noop("At least one concept has to be new to you: all of them are marked as known."),
    gettext_noop("A plan has at most 250 concepts."),
    gettext_noop("That is no level."),
)

_CHANGES = {
    ChangeKind.RENAMED: gettext_lazy("“%(title)s” is called “%(now)s” now."),
    ChangeKind.ADDED: gettext_lazy("“%(title)s” was added."),
    ChangeKind.DROPPED: gettext_lazy("“%(title)s” was left out."),
    ChangeKind.MOVED: gettext_lazy("“%(title)s” was moved; it is in “%(now)s”."),
    ChangeKind.KNOWN: gettext_lazy("“%(title)s” was marked as known."),
    ChangeKind.UNKNOWN: gettext_lazy("“%(title)s” is not marked as known any more."),
    ChangeKind.LEVEL: gettext_lazy("The level was changed."),
    ChangeKind.STRUCTURE: gettext_lazy("Stages or modules were put in another order."),
}


def explain(refusal: EditRefused) -> str:
    return _(refusal.message) % refusal.values if refusal.values else _(refusal.message)


def tell_changes(changes: Iterable[Mapping[str, str]]) -> list[str]:
    return [str(_CHANGES[ChangeKind(one["kind"])] % one) for one in changes]


@dataclass(frozen=True)
class Part:
    """A stage or a module, by the name that the form has for it, with what is in it."""

    name: str
    title: str
    modules: list[Part] = field(default_factory=list)
    concepts: list[SkeletonConcept] = field(default_factory=list)


def list_parts(skeleton: Skeleton, said: QueryDict | None = None) -> list[Part]:
    """As a form that was not saved has them, where one was sent."""
    said = said or QueryDict()

    def title_of(name: str, title: str) -> str:
        return said.get(f"title-{name}", title)[:LOOKED_AT]

    def concept_of(concept: SkeletonConcept) -> SkeletonConcept:
        known = concept.key in said.getlist("known") if "boxes" in said else concept.known
        typed = {"title": title_of(concept.key, concept.title), "known": known}
        return concept.model_copy(update=typed)

    return [
        Part(
            f"s{place}",
            title_of(f"s{place}", stage.title),
            [
                Part(
                    name := f"m{place}-{number}",
                    title_of(name, module.title),
                    concepts=list(map(concept_of, module.concepts)),
                )
                for number, module in enumerate(stage.modules)
            ],
        )
        for place, stage in enumerate(skeleton.stages)
    ]


@dataclass(frozen=True)
class Facts:
    """`concepts` are all, `known` those among them that are not written."""

    concepts: int
    known: int
    hours: int
    hours_a_week: int
    is_assumed: bool
    finished: date
    tokens: int
    cost_usd: Decimal | None


def get_facts(run: GenerationRun, plan: Plan) -> Facts:
    """Of what is to be written and learnt; one statement."""
    concepts = plan.skeleton.concepts()
    known = sum(concept.known for concept in concepts)
    hours = math.ceil((len(concepts) - known) * MINUTES_A_CONCEPT / 60)
    pace = run.roadmap.hours_per_week or HOURS_A_WEEK
    estimate = estimate_run(len(concepts) - known, run.model)
    return Facts(
        concepts=len(concepts),
        known=known,
        hours=hours,
        hours_a_week=pace,
        is_assumed=run.roadmap.hours_per_week is None,
        finished=timezone.localdate() + timedelta(days=math.ceil(hours * 7 / pace)),
        tokens=_rounded(estimate.tokens_in + estimate.tokens_out),
        cost_usd=estimate.cost_usd,
    )


def _rounded(tokens: int) -> int:
    """Two figures: nobody knows more."""
    size = max(0, len(str(tokens)) - 2)
    return int(round(tokens, -size))
