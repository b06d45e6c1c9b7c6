"""How `generate_roadmap` tells people what came out. Pure formatting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generation.port.outline import Outline
from generation.port.skeleton import Skeleton


def format_report(report: dict[str, Any]) -> str:
    return "\n".join(_report_lines(report))


def _report_lines(report: dict[str, Any]) -> Iterator[str]:
    roadmap, run, counts = report["roadmap"], report["run"], report["counts"]
    yield roadmap["title"]
    yield (
        f"  {counts['concepts']} concepts in {counts['stages']} stages and "
        f"{counts['modules']} modules"
    )
    yield (
        f"  {counts['tutorials']} tutorials, {counts['resources']} resources, "
        f"{counts['quizzes']} quizzes with {counts['questions']} questions"
    )
    yield f"  {roadmap['url']}"
    seconds = "" if run["seconds"] is None else f" after {run['seconds']:.1f} s"
    yield f"Run {run['id']}: {run['state']}{seconds}, written by {_writer(run)}"
    connections = report["connections"]
    yield f"Connections: {connections['peak']} at the peak, {connections['budget']} in the budget"
    if report["failures"]:
        yield f"{counts['failed']} could not be written:"
    for failure in report["failures"]:
        yield f"  - {failure['concept']} ({failure['artifact']}): {failure['error']}"


def _writer(run: dict[str, Any]) -> str:
    if not run["model"]:
        return f"the {run['provider']}"
    cost = "" if run["cost_usd"] is None else f", {run['cost_usd']:,.4f} USD"
    tokens = f"{run['tokens_in']:,} tokens in, {run['tokens_out']:,} out"
    return f"{run['model']} ({run['model_calls']:,} calls, {tokens}{cost})"


def format_skeleton(skeleton: Skeleton) -> str:
    return "\n".join(_skeleton_lines(skeleton))


def _skeleton_lines(skeleton: Skeleton) -> Iterator[str]:
    yield skeleton.title
    yield f"  {len(skeleton.concepts())} concepts, {skeleton.level}: {skeleton.summary}"
    for number, stage in enumerate(skeleton.stages, start=1):
        yield f"{number}. {stage.title}"
        for module in stage.modules:
            yield f"   {module.title}"
            for concept in module.concepts:
                yield f"     - {concept.title}" + (" (known)" if concept.known else "")


def format_outline(outline: Outline) -> str:
    return "\n".join(_outline_lines(outline))


def _outline_lines(outline: Outline) -> Iterator[str]:
    concepts = outline.concepts()
    yield outline.title
    yield f"  {len(concepts)} concepts, {outline.total_minutes() / 60:.0f} hours of reading"
    for number, stage in enumerate(outline.stages, start=1):
        yield f"{number}. {stage.title}"
        for module in stage.modules:
            yield f"   {module.title}"
            for concept in module.concepts:
                yield f"     - {concept.title} ({concept.est_minutes} min)"
