"""From the plan of a roadmap to its picture: what stands where, in words for learners."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from learning.cairns import draw_cairn
from learning.roadmap.picture import ConceptNode, ModuleNode, StageNode, draw_way
from learning.roadmap.plan import ConceptLine, ModulePlan, RoadmapPlan, StagePlan
from learning.roadmap.states import ConceptState
from learning.templatetags.content import duration


def draw_plan(plan: RoadmapPlan) -> SafeString:
    """Everything in it that somebody wrote is escaped by `draw_way`."""
    nodes = list(_stages(plan))
    label = _("The way through this roadmap")
    return SafeString(draw_way(nodes, label, mirrored=get_language_bidi()))


def draw_progress(plan: RoadmapPlan) -> SafeString:
    parts = [(stage.through, stage.total) for stage in plan.stages]
    return SafeString(draw_cairn(parts, _so_far(plan.through, plan.total)))


def _so_far(through: int, total: int) -> str:
    return _("%(through)d of %(total)d concepts behind you") % {"through": through, "total": total}


def _stages(plan: RoadmapPlan) -> Iterator[StageNode]:
    step = plan.next_step
    for number, stage in enumerate(plan.stages, 1):
        in_work = step in stage.concepts
        modules = _modules(stage, number, step, is_whole=plan.is_whole)
        yield StageNode(
            title=f"{number} · {stage.title}",
            address=f"#stage-{number}",
            words=_of_part(stage),
            state="whole" if stage.is_finished else "begun" if stage.through else "open",
            modules=list(modules),
            in_work=in_work,
        )


def _of_part(part: StagePlan | ModulePlan) -> str:
    minutes = part.times.minutes
    values = {"through": part.through, "total": part.total, "time": duration(minutes)}
    if not minutes:  # nobody knows yet
        return _("%(through)d of %(total)d") % values
    return _("%(through)d of %(total)d · %(time)s") % values


def _modules(
    stage: StagePlan, number: int, step: ConceptLine | None, *, is_whole: bool
) -> Iterator[ModuleNode]:
    for place, module in enumerate(stage.modules, 1):
        yield ModuleNode(
            title=module.title,
            address=f"#module-{number}-{place}",
            words=_of_part(module),
            state="whole" if module.is_finished else "begun" if module.through else "open",
            concepts=[
                _concept(line, is_next=line is step, is_whole=is_whole) for line in module.concepts
            ],
        )


def _concept(line: ConceptLine, *, is_next: bool, is_whole: bool) -> ConceptNode:
    """Where all of it can be read, that is not said of each."""
    said = [duration(line.times.minutes)] if line.times.minutes else []
    if not (is_whole and line.state is ConceptState.READY):
        said.append(str(line.state.label))
    if is_next:
        said.append(_("next for you"))
    words = " · ".join(said)
    return ConceptNode(line.title, line.address, line.state.value, words, is_next=is_next)
