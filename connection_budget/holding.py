"""Who waits long for something else holds nothing of the database meanwhile.

A model that writes for a minute would keep a lane, a seat or a transaction for that minute, and
with it everybody who waits for one.
"""

from __future__ import annotations

from connection_budget.cap.limits import is_testing
from connection_budget.cap.wrapper import Capped, wrappers_here
from connection_budget.lanes.units import in_unit
from connection_budget.logs import get_logger
from connection_budget.metrics.db import HELD_MEANWHILE
from connection_budget.seats.seats import request_has_seat

log = get_logger(__name__)


class HeldMeanwhile(RuntimeError):
    """Something long was about to be waited for with a lane, a seat or a transaction held."""


def held_here() -> list[str]:
    """What this thread, or the request it works for, holds. Nothing connects here."""
    found = ["a lane"] if in_unit() else []
    if request_has_seat():
        found.append("a seat")
    aliases = (one.alias for one in wrappers_here() if _is_in_a_transaction(one))
    return [*found, *(f"a transaction of {alias!r}" for alias in aliases)]


def _is_in_a_transaction(wrapper: Capped) -> bool:
    """Those around a test case are the test's, not of who is tested."""
    return any(not getattr(one, "_from_testcase", False) for one in wrapper.atomic_blocks)


def hold_nothing_for(what: str) -> None:
    """To be called before `what` is waited for, such as a model's answer.

    Raises `HeldMeanwhile` in tests; elsewhere it is counted and logged, and work goes on.
    """
    if not (held := held_here()):
        return
    if is_testing():
        raise HeldMeanwhile(
            f"{what} would be waited for with {', '.join(held)} held. Read what it needs first, "
            "end the unit or the transaction, and write the answer in another."
        )
    HELD_MEANWHILE.add()
    log.warning("db_held_meanwhile", waits_for=what, held=held)
