"""Cycles and order in a directed graph of prerequisites. Pure.

A graph maps every key to the keys it requires; an edge is (key, required key).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

Graph = Mapping[str, Iterable[str]]
Edge = tuple[str, str]


def break_cycles(
    graph: Graph, position: Mapping[str, int]
) -> tuple[dict[str, list[str]], list[Edge]]:
    """Drop the weakest edge of every cycle; return the acyclic graph and the dropped edges.

    The weakest edge is the one that points furthest ahead in reading order (`position`, one
    number a key): a concept cannot well require what the reader meets only much later.
    """
    edges = [(key, required) for key, requirements in graph.items() for required in requirements]
    weak = set(_closing(edges, position))
    kept = {
        key: [one for one in required if (key, one) not in weak] for key, required in graph.items()
    }
    return kept, [edge for edge in edges if edge in weak]


def _closing(edges: Iterable[Edge], position: Mapping[str, int]) -> Iterator[Edge]:
    """Edges that close a cycle when all are laid, those first that lead back the furthest.

    What a key leads to, and what leads to it, are numbers with a bit for each key: a pair of keys
    is looked at once, however many ways there are from one to the other.
    """
    keys = list(position)
    bit = {key: 1 << place for place, key in enumerate(keys)}
    after, before = dict(bit), dict(bit)
    for key, required in sorted(edges, key=lambda edge: position[edge[1]] - position[edge[0]]):
        if after[required] & bit[key]:
            yield key, required
            continue
        leading, led_to = before[key], after[required]
        lead_now, led_to_now = leading & ~before[required], led_to & ~after[key]
        for one in _named(lead_now, keys):
            after[one] |= led_to
        for one in _named(led_to_now, keys):
            before[one] |= leading


def _named(bits: int, keys: list[str]) -> list[str]:
    """The keys whose bits are set."""
    named = []
    while bits:
        lowest = bits & -bits
        named.append(keys[lowest.bit_length() - 1])
        bits ^= lowest
    return named


def forward_edges(graph: Graph, position: Mapping[str, int]) -> list[Edge]:
    """Edges to what stands later in reading order."""
    return [
        (key, required)
        for key, requirements in graph.items()
        for required in requirements
        if position[required] > position[key]
    ]
