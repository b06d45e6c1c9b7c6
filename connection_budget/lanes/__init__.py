"""From asyncio to the ORM."""

from connection_budget.lanes.executor import DbExecutor
from connection_budget.lanes.lanes import ExecutorClosed
from connection_budget.lanes.units import UnitTimedOut

__all__ = ["DbExecutor", "ExecutorClosed", "UnitTimedOut"]
