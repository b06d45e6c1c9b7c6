"""What --fit proposes: never too much, never less than needed."""

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from connection_budget.budget.budget import Budget, budget_from_environment
from connection_budget.budget.fit import Capacity, Proposal, propose
from connection_budget.budget.roles import PREFORK, SINGLE, WEB, Role
from tests.connection_budget.fleet import FLEET

few = st.integers(min_value=1, max_value=4)
fleets = st.lists(
    st.builds(
        Role,
        name=st.sampled_from(["web", "logs", "mailer"]),
        connections=few,
        processes=st.integers(min_value=1, max_value=40),
        instances=few,
        kind=st.sampled_from([WEB, PREFORK, SINGLE]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda role: role.name,
).map(tuple)
servers = st.integers(min_value=5, max_value=300)


def ask(budget: Budget, max_connections: int, *, foreign: int = 0) -> Proposal | None:
    return propose(
        budget,
        max_connections=max_connections,
        superuser_reserved=3,
        reserved_connections=0,
        foreign=foreign,
    )


@given(fleets, servers)
def test_what_is_proposed_fits_and_is_no_larger_than_declared(
    roles: tuple[Role, ...], server: int
) -> None:
    proposal = ask(Budget(roles, max_connections=100, operations_reserved=2), server)
    if proposal is None:
        return
    assert proposal.budget.fits
    assert proposal.budget.rolling_fits == proposal.rolling
    for before, after in zip(roles, proposal.budget.roles, strict=True):
        assert after.instances == before.instances
        assert before.instances <= after.started <= before.started
        assert after.connections <= before.connections


@given(fleets, servers)
def test_nothing_is_proposed_only_where_even_the_smallest_fleet_is_too_large(
    roles: tuple[Role, ...], server: int
) -> None:
    smallest = tuple(replace(role, processes=role.instances, connections=1) for role in roles)
    fits = Budget(smallest, max_connections=server, operations_reserved=2).fits
    assert (ask(Budget(roles, 100, operations_reserved=2), server) is not None) == fits


@given(fleets, servers)
def test_no_role_could_have_one_process_more(roles: tuple[Role, ...], server: int) -> None:
    proposal = ask(Budget(roles, max_connections=100, operations_reserved=2), server)
    if proposal is None:
        return
    for at, before in enumerate(roles):
        now = proposal.budget.roles[at]
        more = replace(now, processes=now.processes + now.instances)
        if more.processes > before.processes:
            continue
        larger = (*proposal.budget.roles[:at], more, *proposal.budget.roles[at + 1 :])
        budget = replace(proposal.budget, roles=larger)
        assert not (budget.rolling_fits if proposal.rolling else budget.fits)


@given(fleets, servers, st.integers(min_value=0, max_value=50))
def test_the_second_proposal_is_the_first(
    roles: tuple[Role, ...], server: int, foreign: int
) -> None:
    first = ask(Budget(roles, 100, operations_reserved=2), server, foreign=foreign)
    if first is None:
        return
    second = ask(first.budget, server, foreign=foreign)
    assert second is not None
    assert second.variables() == {}


def test_what_fits_stays_as_it_is() -> None:
    proposal = ask(budget_from_environment({}, FLEET), 100)
    assert proposal is not None
    assert (proposal.variables(), proposal.costs({}), proposal.rolling) == ({}, [], True)


def test_connections_of_others_are_left_to_them() -> None:
    proposal = ask(budget_from_environment({}, FLEET), 100, foreign=30)
    assert proposal is not None
    assert proposal.variables()["DB_MAX_CONNECTIONS"] == "70"
    assert proposal.budget.rolling_total <= 70


def test_reserves_of_the_server_are_left_to_it() -> None:
    proposal = propose(
        budget_from_environment({}, FLEET),
        max_connections=100,
        superuser_reserved=5,
        reserved_connections=4,
        foreign=0,
    )
    assert proposal is not None
    assert proposal.budget.max_connections == 94


def test_a_cost_is_told_in_the_units_of_the_project() -> None:
    large = budget_from_environment({"ROLE_CONTENT_GENERATION_PROCESSES": "16"}, FLEET)
    proposal = ask(large, 60)
    assert proposal is not None
    content = proposal.budget.role("content_generation")
    costs = proposal.costs({"content_generation": Capacity("model calls", per_process=8)})
    calls = 8 * content.processes
    expected = f"{calls} model calls at once instead of 128, {calls / 128:.0%} of the throughput"
    assert any(expected in cost for cost in costs)


def test_the_variables_make_the_proposal() -> None:
    for web, content, server in product(("9", "40"), ("1", "60"), (35, 60, 100, 200)):
        sizes = {"ROLE_WEB_PROCESSES": web, "ROLE_CONTENT_GENERATION_PROCESSES": content}
        proposal = ask(budget_from_environment(sizes, FLEET), server)
        assert proposal is not None
        assert budget_from_environment(sizes | proposal.variables(), FLEET) == proposal.budget
