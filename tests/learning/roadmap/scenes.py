"""Ways to draw, of any length, with titles as people and models write them."""

from __future__ import annotations

from learning.roadmap.picture import ConceptNode, ModuleNode, StageNode, draw_way
from learning.roadmap.states import ConceptState

STATES = [state.value for state in ConceptState]
ORDINARY = "Relations between models and tables"


def make_way(
    concepts: int,
    *,
    stages: int = 6,
    modules: int = 2,
    title: str = ORDINARY,
    in_work: int = 0,
) -> list[StageNode]:
    """So many concepts over so many stages and modules, in every state in turn."""
    nodes = [
        ConceptNode(
            f"{title} {number}",
            f"/roadmaps/knots/c{number}/",
            STATES[number % len(STATES)],
            f"40 min · {ConceptState(STATES[number % len(STATES)]).label}",
            is_next=number == 0,
        )
        for number in range(concepts)
    ]
    rooms = stages * modules
    inside = [
        nodes[room * concepts // rooms : (room + 1) * concepts // rooms] for room in range(rooms)
    ]
    return [
        StageNode(
            title=f"{stage} · Data that lasts",
            address=f"#stage-{stage}",
            words="3 of 8 · 6 h",
            state="begun",
            in_work=stage == in_work,
            modules=[
                ModuleNode(
                    f"PostgreSQL in earnest {module}",
                    f"#module-{stage}-{module}",
                    "1 of 4 · 2 h",
                    concepts=inside[stage * modules + module],
                )
                for module in range(modules)
            ],
        )
        for stage in range(stages)
    ]


def draw(stages: list[StageNode], *, mirrored: bool = False) -> str:
    return draw_way(stages, "The way", mirrored=mirrored)
