"""The budget behind a pooler: its clients and its pools, each against their own limit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connection_budget.budget.budget import Budget, budget_from_environment
from connection_budget.budget.fit import propose
from connection_budget.budget.pooler import PoolerError
from connection_budget.budget.server_sql import server_sql
from tests.connection_budget.fleet import FLEET

BEHIND = {"DATABASE_POOLER": "transaction"}


def behind(**environ: str) -> Budget:
    return budget_from_environment(BEHIND | environ, FLEET)


def test_without_a_pooler_its_variables_mean_nothing() -> None:
    assert budget_from_environment(
        {"DB_POOLER_POOL_SIZE": "9000"}, FLEET
    ) == budget_from_environment({}, FLEET)


@pytest.mark.parametrize("mode", ["transactions", "Transaction", "pgbouncer"])
def test_a_pooler_of_another_word_is_refused_and_not_taken_for_none(mode: str) -> None:
    with pytest.raises(PoolerError, match=f"DATABASE_POOLER='{mode}': transaction is wanted"):
        budget_from_environment({"DATABASE_POOLER": mode}, FLEET)


@pytest.mark.parametrize("mode", ["", " ", "none", "session"])
def test_one_connection_a_client_is_what_there_is_without_a_pooler(mode: str) -> None:
    assert budget_from_environment({"DATABASE_POOLER": mode}, FLEET).pooler is None


def test_the_default_fleet_fits_pgbouncers_defaults() -> None:
    budget = behind()
    assert (budget.fits, budget.rolling_fits, budget.rolling_total) == (True, True, 92)
    assert budget.as_dict()["pooler"] == {
        "max_clients": 100,
        "pool_size": 20,
        "logins": 1,
        "server_connections": 20,
        "client_headroom": 49,
        "server_headroom": 67,
    }


def test_the_server_may_be_smaller_than_the_fleet() -> None:
    assert not budget_from_environment({"DB_MAX_CONNECTIONS": "33"}, FLEET).fits
    assert behind(DB_MAX_CONNECTIONS="33").fits


def test_one_server_connection_too_few_is_refused_with_its_arithmetic() -> None:
    budget = behind(DB_MAX_CONNECTIONS="32")
    assert not budget.fits
    assert "server: 20 + 13 = 33 > 32" in budget.explain()
    assert "does not fit: 1 too many on the server. Lower DB_POOLER_POOL_SIZE" in budget.explain()
    assert "DB_POOLER_POOL_SIZE" in budget.remedy()


def test_one_client_too_many_is_refused_with_its_arithmetic() -> None:
    assert behind(DB_POOLER_MAX_CLIENTS="51").fits
    budget = behind(DB_POOLER_MAX_CLIENTS="50")
    assert not budget.fits
    assert "41 + 10 = 51 > 50, 1 too many" in budget.explain()
    assert "DB_POOLER_MAX_CLIENTS" in budget.remedy()


def test_every_login_has_a_pool_of_its_own() -> None:
    budget = behind(ROLE_WEB_DATABASE_USER="w", ROLE_LOGS_DATABASE_USER="l")
    assert budget.pooler is not None
    assert (budget.pooler.logins, budget.server_headroom) == (3, 100 - 13 - 60)
    assert "3 logins x 20 (DB_POOLER_POOL_SIZE) = 60 on the server" in budget.explain()
    assert "1 login x 20 (DB_POOLER_POOL_SIZE) = 20 on the server" in behind().explain()


@pytest.mark.parametrize(("variable", "value"), [("POOL_SIZE", "1"), ("MAX_CLIENTS", "many")])
def test_an_unusable_limit_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(PoolerError, match=f"DB_POOLER_{variable}='?{value}"):
        behind(**{f"DB_POOLER_{variable}": value})


def test_the_server_limits_a_login_to_its_pool() -> None:
    sql = server_sql(behind(), database="app", owner="app", users={"web": "app_web"})
    assert re.findall(r"LIMIT (\d+);", sql) == ["20", "30"]
    assert "the pool of 20 (DB_POOLER_POOL_SIZE) + 10 operations = 30" in sql


@given(
    clients=st.integers(min_value=1, max_value=300),
    pool=st.integers(min_value=2, max_value=60),
    server=st.integers(min_value=1, max_value=200),
)
def test_it_fits_exactly_when_clients_and_server_connections_do(
    clients: int, pool: int, server: int
) -> None:
    budget = behind(
        DB_POOLER_MAX_CLIENTS=str(clients),
        DB_POOLER_POOL_SIZE=str(pool),
        DB_MAX_CONNECTIONS=str(server),
    )
    assert budget.fits == (clients >= 41 + 10 and pool + 13 <= server)


@pytest.mark.parametrize(
    ("server", "pool"), [(34, None), (33, None), (32, "19"), (25, "12"), (16, "3"), (15, "2")]
)
def test_a_proposal_makes_pools_smaller_first(server: int, pool: str | None) -> None:
    """As much as the server asks for, and not below the least that a pool can have."""
    proposal = propose(
        behind(), max_connections=server, superuser_reserved=3, reserved_connections=0, foreign=0
    )
    assert proposal is not None
    smaller = {"DB_POOLER_POOL_SIZE": pool} if pool else {}
    assert proposal.variables() == {"DB_MAX_CONNECTIONS": str(server)} | smaller


def test_where_the_least_pool_does_not_fit_nothing_is_proposed() -> None:
    sizes = {"superuser_reserved": 3, "reserved_connections": 0, "foreign": 0}
    assert propose(behind(), max_connections=14, **sizes) is None
