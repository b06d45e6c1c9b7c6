import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connection_budget.budget.budget import Budget, BudgetError, budget_from_environment
from connection_budget.budget.roles import PREFORK, SINGLE, WEB, Role, RoleError
from tests.connection_budget.fleet import FLEET

sizes = st.integers(min_value=1, max_value=60)
roles = st.builds(
    Role,
    name=st.sampled_from([role.name for role in FLEET]),
    connections=sizes,
    processes=sizes,
    kind=st.sampled_from([WEB, PREFORK, SINGLE]),
)
budgets = st.builds(
    Budget,
    roles=st.lists(roles, min_size=1, max_size=6).map(tuple),
    max_connections=st.integers(min_value=1, max_value=5000),
    operations_reserved=st.integers(min_value=0, max_value=50),
    superuser_reserved=st.integers(min_value=0, max_value=10),
    reserved_connections=st.integers(min_value=0, max_value=10),
)


def too_small_server() -> Budget:
    return budget_from_environment({"DB_MAX_CONNECTIONS": "50"}, FLEET)


def test_the_default_fleet_fits_even_while_it_is_replaced() -> None:
    budget = budget_from_environment({}, FLEET)
    assert (budget.total, budget.reserved, budget.headroom) == (41, 13, 46)
    assert (budget.rolling_total, budget.rolling_fits) == (95, True)


@pytest.mark.parametrize(
    ("server", "fits", "told"),
    [("95", True, "95 <= 95, fits"), ("94", False, "95 > 94, 1 too many")],
)
def test_a_rolling_deploy_fits_to_the_last_connection(
    server: str, *, fits: bool, told: str
) -> None:
    budget = budget_from_environment({"DB_MAX_CONNECTIONS": server}, FLEET)
    assert (budget.fits, budget.rolling_fits) == (True, fits)
    assert f"rolling deploy: 2 x 41 + 13 = {told}" in budget.explain()


def test_a_fleet_that_leaves_no_headroom_still_fits() -> None:
    budget = budget_from_environment({"DB_MAX_CONNECTIONS": "54"}, FLEET)
    assert (budget.headroom, budget.fits) == (0, True)


def test_one_connection_too_few_does_not_fit() -> None:
    budget = budget_from_environment({"DB_MAX_CONNECTIONS": "53"}, FLEET)
    assert (budget.headroom, budget.fits) == (-1, False)


def test_the_report_has_the_shape_of_the_contract() -> None:
    report = json.loads(json.dumps(budget_from_environment({}, FLEET).as_dict()))
    web = report.pop("roles")[0]
    assert web == {
        "role": "web",
        "processes": 4,
        "per_process": 5,
        "main": 0,
        "overlap": 0,
        "peak": 20,
        "live": None,
    }
    assert report == {
        "max_connections": 100,
        "reserved": 13,
        "total": 41,
        "headroom": 46,
        "fits": True,
        "rolling_total": 95,
        "rolling_fits": True,
    }


def test_connections_seen_on_the_server_stand_beside_their_role() -> None:
    report = budget_from_environment({}, FLEET).as_dict(live={"web": 7})
    assert [role["live"] for role in report["roles"]] == [7, 0, 0, 0, 0]


def test_the_explanation_shows_the_arithmetic_of_a_role() -> None:
    lines = budget_from_environment({}, FLEET).explain().splitlines()
    assert "web: (4 processes + 0 overlap) x 5 + 0 main = 20" in lines


def test_the_explanation_ends_with_how_much_is_missing_and_what_to_change() -> None:
    explanation = too_small_server().explain()
    assert "41 + 13 = 54 > 50, 4 too many" in explanation
    assert "Lower ROLE_WEB_PROCESSES, ROLE_WEB_CONNECTIONS" in explanation
    assert "or raise DB_MAX_CONNECTIONS" in explanation


def test_a_size_that_cannot_be_lowered_is_not_proposed() -> None:
    assert "ROLE_CONTENT_GENERATION_CONNECTIONS" not in too_small_server().remedy()


def test_a_role_is_found_by_its_name_wherever_it_lives() -> None:
    budget = budget_from_environment({"ROLE_COMMAND_CONNECTIONS": "2"}, FLEET)
    assert (budget.role("web").connections, budget.role("command").connections) == (4, 2)


def test_a_command_adds_nothing_to_the_total() -> None:
    assert budget_from_environment({"ROLE_COMMAND_CONNECTIONS": "9"}, FLEET).total == 41


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DB_MAX_CONNECTIONS", "many"),
        ("DB_MAX_CONNECTIONS", "0"),
        ("DB_RESERVED_CONNECTIONS", "-1"),
    ],
)
def test_an_unusable_limit_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(BudgetError, match=f"{variable}='?{value}"):
        budget_from_environment({variable: value}, FLEET)


@given(budgets)
def test_it_fits_exactly_when_all_peaks_and_reserves_are_within_the_limit(budget: Budget) -> None:
    needed = sum(role.peak for role in budget.roles) + budget.reserved
    assert budget.fits == (needed <= budget.max_connections)


@given(budgets)
def test_total_reserve_and_headroom_make_up_the_limit(budget: Budget) -> None:
    assert budget.total + budget.reserved + budget.headroom == budget.max_connections


@given(budgets)
def test_what_fits_during_a_rolling_deploy_fits_at_rest(budget: Budget) -> None:
    assert budget.fits or not budget.rolling_fits


@given(budgets, roles)
def test_another_role_never_makes_room(budget: Budget, role: Role) -> None:
    larger = Budget((*budget.roles, role), budget.max_connections, budget.operations_reserved)
    smaller = Budget(budget.roles, budget.max_connections, budget.operations_reserved)
    assert larger.headroom == smaller.headroom - role.peak


def test_more_instances_than_processes_is_a_contradiction() -> None:
    with pytest.raises(RoleError, match=r"ROLE_LOGS_PROCESSES=4: .*ROLE_LOGS_INSTANCES"):
        budget_from_environment({"ROLE_LOGS_INSTANCES": "5"}, FLEET)


def test_where_it_also_overcommits_the_server_the_arithmetic_says_more() -> None:
    budget = budget_from_environment({"ROLE_LOGS_INSTANCES": "40"}, FLEET)
    assert not budget.fits
    assert "logs: (40 processes + 40 overlap) x 1 + 40 main = 120" in budget.explain()


def test_rounding_up_is_counted() -> None:
    sizes = {"ROLE_WEB_PROCESSES": "5", "ROLE_WEB_INSTANCES": "2"}
    web = budget_from_environment(sizes, FLEET).as_dict()["roles"][0]
    assert (web["processes"], web["peak"]) == (6, 30)
