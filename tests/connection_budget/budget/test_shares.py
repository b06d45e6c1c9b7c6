"""Several databases share the connections of a process."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connection_budget.budget.shares import SharesError, split

ALIASES = ["default", "reports", "archive", "search"]


@given(connections=st.integers(4, 60), number=st.integers(1, 4))
def test_all_shares_together_are_what_there_is(connections: int, number: int) -> None:
    parts = split(connections, ALIASES[:number])
    assert sum(parts.values()) == connections
    assert max(parts.values()) - min(parts.values()) <= 1


def test_what_nobody_declared_is_split_evenly() -> None:
    assert split(8, ALIASES[:3], {"reports": 3}) == {"default": 3, "reports": 3, "archive": 2}


@pytest.mark.parametrize("declared", [{"reports": 4}, {"reports": 0}, {"somewhere": 1}])
def test_a_database_that_would_have_none_is_refused(declared: dict[str, int]) -> None:
    with pytest.raises(SharesError, match="CONNECTION_BUDGET_SHARES"):
        split(4, ALIASES[:2], declared)
