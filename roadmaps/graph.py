"""Cycles and order in a directed graph of prerequisites. Pure.

A graph maps every key to the keys it requires; an edge is (key, required key).
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from itertools import pairwise

Graph = Mapping[str, Iterable[str]]
Edge = tuple[str, str]


def find_cycle(graph: Graph) -> list[str]:
    """One cycle, each key requiring the next, the first repeated at the end; [] without one."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        # graphlib lists a cycle from the required key to the one requiring it.
        return list(reversed(error.args[1]))
    return []


def break_cycles(
    graph: Graph, position: Mapping[str, int]
) -> tuple[dict[str, list[str]], list[Edge]]:
    """Drop the weakest edge of every cycle; return the acyclic graph and the dropped edges.

    The weakest edge is the one that points furthest ahead in reading order (`position`, one
    number a key): a concept cannot well require what the reader meets only much later.
    """
    kept = {key: list(required) for key, required in graph.items()}
    dropped: list[Edge] = []
    while cycle := find_cycle(kept):
        key, required = max(pairwise(cycle), key=lambda edge: position[edge[1]] - position[edge[0]])
        kept[key].remove(required)
        dropped.append((key, required))
    return kept, dropped


def forward_edges(graph: Graph, position: Mapping[str, int]) -> list[Edge]:
    """Edges to what stands later in reading order."""
    return [
        (key, required)
        for key, requirements in graph.items()
        for required in requirements
        if position[required] > position[key]
    ]
