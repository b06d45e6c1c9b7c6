from collections import Counter
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmaps.graph import break_cycles, forward_edges

KEYS = "abcdefg"
POSITION = {key: place for place, key in enumerate(KEYS)}

Graph = dict[str, list[str]]

deterministic = settings(derandomize=True, deadline=None)
keys = st.sampled_from(KEYS)
graphs = st.dictionaries(keys, st.lists(keys, unique=True))
positions = st.permutations(KEYS).map(lambda order: {key: at for at, key in enumerate(order)})


def edges(graph: Graph) -> Counter[tuple[str, str]]:
    return Counter(
        (key, required) for key, requirements in graph.items() for required in requirements
    )


def has_order(graph: Graph) -> bool:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return False
    return True


def ring(order: list[str]) -> Graph:
    return {key: [required] for key, required in pairwise([*order, order[0]])}


def test_the_edge_that_points_furthest_ahead_is_dropped() -> None:
    kept, dropped = break_cycles({"a": ["d"], "b": ["a"], "d": ["b"]}, POSITION)
    assert dropped == [("a", "d")]
    assert kept == {"a": [], "b": ["a"], "d": ["b"]}


def test_of_a_key_that_requires_itself_only_that_edge_goes() -> None:
    kept, dropped = break_cycles({"b": ["a", "b"]}, POSITION)
    assert (kept, dropped) == ({"b": ["a"]}, [("b", "b")])


def test_every_one_of_several_cycles_is_broken() -> None:
    two_rings = {"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}
    kept, dropped = break_cycles(two_rings, POSITION)
    assert sorted(dropped) == [("a", "b"), ("c", "d")]
    assert kept == {"a": [], "b": ["a"], "c": [], "d": ["c"]}


def test_the_graph_that_was_given_stays_as_it_is() -> None:
    graph = {"a": ["b"], "b": ["a"]}
    break_cycles(graph, POSITION)
    assert graph == {"a": ["b"], "b": ["a"]}


@deterministic
@given(order=st.lists(keys, unique=True, min_size=1), position=positions)
def test_of_a_ring_only_the_weakest_edge_is_dropped(
    order: list[str], position: dict[str, int]
) -> None:
    ahead = {edge: position[edge[1]] - position[edge[0]] for edge in edges(ring(order))}
    _, (dropped,) = break_cycles(ring(order), position)
    assert ahead[dropped] == max(ahead.values())


@deterministic
@given(graph=graphs, position=positions)
def test_what_is_left_has_an_order(graph: Graph, position: dict[str, int]) -> None:
    kept, _ = break_cycles(graph, position)
    assert has_order(kept)


@deterministic
@given(graph=graphs, position=positions)
def test_every_edge_is_either_kept_or_dropped(graph: Graph, position: dict[str, int]) -> None:
    kept, dropped = break_cycles(graph, position)
    assert edges(kept) + Counter(dropped) == edges(graph)


@deterministic
@given(graph=graphs, position=positions)
def test_an_edge_back_to_what_was_read_is_never_dropped(
    graph: Graph, position: dict[str, int]
) -> None:
    _, dropped = break_cycles(graph, position)
    assert all(position[required] >= position[key] for key, required in dropped)


@deterministic
@given(graph=graphs.filter(has_order), position=positions)
def test_a_graph_with_an_order_loses_nothing(graph: Graph, position: dict[str, int]) -> None:
    assert break_cycles(graph, position) == (graph, [])


@pytest.mark.parametrize(
    ("graph", "forward"),
    [
        ({"c": ["a", "b"]}, []),
        ({"a": ["a"]}, []),
        ({"a": ["b"], "b": ["a"]}, [("a", "b")]),
        ({"b": ["a", "d", "c"]}, [("b", "d"), ("b", "c")]),
    ],
)
def test_forward_edges_lead_to_what_comes_later(
    graph: Graph, forward: list[tuple[str, str]]
) -> None:
    assert forward_edges(graph, POSITION) == forward
