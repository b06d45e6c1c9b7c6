"""Which components there are, in the order in which they are shown."""

from __future__ import annotations

from learning.styleguide import elements, lessons, operations, plans, quizzes, roadmaps, runs
from learning.styleguide.sample import Component


def list_components() -> list[Component]:
    """Made anew for each look: words are those of the visitor's language."""
    return [
        *elements.list_components(),
        *roadmaps.list_components(),
        *runs.list_components(),
        *plans.list_components(),
        *lessons.list_components(),
        *quizzes.list_components(),
        *operations.list_components(),
    ]
