from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connection_budget.budget.budget import budget_from_environment
from connection_budget.budget.roles import (
    COMMAND,
    PREFORK,
    Role,
    RoleError,
    RoleKind,
    roles_from_environment,
)
from tests.connection_budget.fleet import FLEET

sizes = st.integers(min_value=1, max_value=200)


def test_an_empty_environment_gives_the_default_fleet() -> None:
    assert {role.name: role.peak for role in roles_from_environment({}, FLEET)} == {
        "web": 20,
        "content_generation": 10,
        "workflow": 4,
        "logs": 6,
        "beat": 1,
    }


def test_a_web_process_holds_one_connection_more_than_its_pool() -> None:
    (web, *_) = roles_from_environment({"ROLE_WEB_CONNECTIONS": "7"}, FLEET)
    assert web.per_process == 8


def test_every_instance_of_a_worker_adds_a_main_process_and_an_overlapping_child() -> None:
    logs = Role("logs", connections=2, processes=4, instances=3, kind=PREFORK)
    assert (logs.main, logs.overlap, logs.peak) == (3, 3, (6 + 3) * 2 + 3)


def test_instances_of_a_role_without_main_process_add_nothing() -> None:
    (web, *_) = roles_from_environment({"ROLE_WEB_INSTANCES": "4"}, FLEET)
    assert web.peak == 20


def test_another_project_declares_its_own_roles() -> None:
    mailer = Role("mailer", connections=2, processes=3, kind=RoleKind(extra_connections=4))
    (sized,) = roles_from_environment({"ROLE_MAILER_PROCESSES": "5"}, declared=[mailer])
    assert sized.peak == 5 * (2 + 4)


def test_a_command_has_as_many_lanes_as_its_variable_says() -> None:
    (command,) = roles_from_environment({"ROLE_COMMAND_CONNECTIONS": "3"}, declared=[COMMAND])
    assert command.connections == 3


def test_a_blank_variable_counts_as_unset() -> None:
    assert roles_from_environment({"ROLE_WEB_PROCESSES": " "}, FLEET) == FLEET


@pytest.mark.parametrize("value", ["four", "0", "-1", "2.5", "1_0", "٣", "1e3", "9" * 10])
def test_a_size_that_is_not_a_positive_whole_number_is_refused(value: str) -> None:
    with pytest.raises(RoleError, match=rf"ROLE_LOGS_CONNECTIONS='?{value}'?: .*1 or more"):
        roles_from_environment({"ROLE_LOGS_CONNECTIONS": value}, FLEET)


def test_an_instance_without_a_process_is_refused_naming_both_variables() -> None:
    (logs,) = roles_from_environment({"ROLE_LOGS_INSTANCES": "5"}, declared=[FLEET[3]])
    with pytest.raises(RoleError, match=r"ROLE_LOGS_PROCESSES=4: .*ROLE_LOGS_INSTANCES"):
        logs.check_share()


@given(processes=sizes, instances=sizes, kind=st.sampled_from([role.kind for role in FLEET]))
def test_the_peak_covers_what_every_instance_really_starts(
    processes: int, instances: int, kind: RoleKind
) -> None:
    role = Role("any", 1, processes, instances, kind=kind)
    assert processes <= role.started == role.per_instance * instances < processes + instances
    assert role.peak == (role.started + role.overlap) * role.per_process + role.main


def test_what_rounding_adds_is_told() -> None:
    web = Role("web", connections=1, processes=5, instances=2, kind=FLEET[0].kind)
    assert "(6 processes + 0 overlap)" in web.explain()
    assert "(ROLE_WEB_PROCESSES = 5, but each of 2 instances starts 3)" in web.explain()


def test_a_role_declared_in_code_is_checked_too() -> None:
    with pytest.raises(RoleError, match="ROLE_MAILER_CONNECTIONS=0"):
        Role("mailer", connections=0, processes=1, kind=PREFORK)


@pytest.mark.parametrize("number", ["4", 2.5, None])
def test_a_size_in_code_is_a_whole_number(number: Any) -> None:
    with pytest.raises(RoleError, match=r"ROLE_MAILER_CONNECTIONS='?(4|2.5|None)'?: 1 or more"):
        Role("mailer", connections=number, processes=1, kind=PREFORK)


def test_nothing_beside_the_lanes_takes_connections_away() -> None:
    with pytest.raises(RoleError, match=r"RoleKind.extra_connections=-5: 0 or more"):
        RoleKind(extra_connections=-5)


@pytest.mark.parametrize("name", ["", "two words", "网页", "w" * 64, "web\n"])
def test_a_name_that_the_server_would_show_otherwise_is_refused(name: str) -> None:
    with pytest.raises(RoleError, match=r"Role.name='.*': 1 to 63 of"):
        Role(name, connections=1, processes=1, kind=PREFORK)


def test_a_name_with_a_hyphen_has_variables_that_a_shell_can_set() -> None:
    declared = [Role("web-api.v2", connections=1, processes=1, kind=PREFORK)]
    (sized,) = roles_from_environment({"ROLE_WEB_API_V2_PROCESSES": "3"}, declared)
    assert sized.processes == 3


@pytest.mark.parametrize("names", [("web", "web"), ("web", "WEB"), ("a-b", "a_b"), ("command",)])
def test_two_roles_of_one_name_are_refused(names: tuple[str, ...]) -> None:
    fleet = [Role(name, connections=1, processes=1, kind=PREFORK) for name in names]
    with pytest.raises(RoleError, match=r"there is '[a-z-]+' already"):
        budget_from_environment({}, fleet)


@given(connections=sizes, processes=sizes, kind=st.sampled_from([role.kind for role in FLEET]))
def test_the_peak_covers_every_process_at_its_maximum(
    connections: int, processes: int, kind: RoleKind
) -> None:
    role = Role("any", connections, processes, kind=kind)
    assert role.peak >= processes * connections


@given(role=st.sampled_from(FLEET), connections=sizes, processes=sizes)
def test_one_process_more_never_lowers_the_peak(
    role: Role, connections: int, processes: int
) -> None:
    smaller = Role(role.name, connections, processes, kind=role.kind)
    larger = Role(role.name, connections, processes + 1, kind=role.kind)
    assert larger.peak == smaller.peak + smaller.per_process
