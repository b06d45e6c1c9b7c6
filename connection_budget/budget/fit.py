"""The largest fleet of the declared shape that a server can hold. No Django.

A fleet that fits is left as it is. Otherwise processes are taken away, of every role by the same
share, and only where one process an instance is still too much, connections, too. What rounding
down leaves over is given back one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from connection_budget.budget.budget import Budget
from connection_budget.budget.roles import Role

# Shares that are tried: thousandths of what was declared.
STEPS = 1000


@dataclass(frozen=True)
class Capacity:
    """What a role does at once, for telling what a smaller one costs."""

    unit: str
    """Plural: "model calls"."""
    per_process: int | None = None
    """Units a process has under way; unset, one for each of its connections."""

    def units(self, role: Role) -> int:
        return role.started * (self.per_process or role.connections)


CONNECTIONS = Capacity("units of database work")


@dataclass(frozen=True)
class Proposal:
    declared: Budget
    budget: Budget
    """The sizes that fit, with the limits of the server."""
    rolling: bool
    """Two generations fit, too."""

    def variables(self) -> dict[str, str]:
        """What to set where it is not set so already."""
        before, after = _sizes(self.declared), _sizes(self.budget)
        return {name: str(size) for name, size in after.items() if size != before[name]}

    def costs(self, capacities: Mapping[str, Capacity]) -> list[str]:
        """A sentence for each role that becomes smaller: what it does at once, before and then."""
        pairs = zip(self.declared.roles, self.budget.roles, strict=True)
        return [
            _cost(before, after, capacities.get(before.name, CONNECTIONS))
            for before, after in pairs
            if before != after
        ]


def _sizes(budget: Budget) -> dict[str, int]:
    sizes = {
        role.variable(quantity): getattr(role, quantity)
        for role in budget.roles
        for quantity in ("processes", "connections")
    }
    pools = {"DB_POOLER_POOL_SIZE": budget.pooler.pool_size} if budget.pooler else {}
    return {"DB_MAX_CONNECTIONS": budget.max_connections, **pools, **sizes}


def propose(
    declared: Budget,
    *,
    max_connections: int,
    superuser_reserved: int,
    reserved_connections: int,
    foreign: int,
) -> Proposal | None:
    """Sizes for a server of which others hold `foreign` connections; None when nothing fits.

    A rolling deploy fits as well wherever it can.
    """
    # The static check knows the server's reserves only by their defaults: what is more counts as
    # held by others. A second proposal, with the first one's variables set, is the same.
    more = superuser_reserved + reserved_connections
    more -= declared.superuser_reserved + declared.reserved_connections
    limits = replace(declared, max_connections=max_connections - foreign - max(0, more))
    limits = _with_smaller_pools(limits)
    for rolling in (True, False):
        fitting = _largest(limits, _holds_two if rolling else _holds_one)
        if fitting is not None:
            return Proposal(declared, fitting, rolling)
    return None


def _with_smaller_pools(budget: Budget) -> Budget:
    """Behind a pooler it is its pools that the server must hold; the fleet must fit the pooler."""
    if budget.pooler is None or budget.server_headroom >= 0:
        return budget
    each = (budget.max_connections - budget.reserved) // budget.pooler.logins
    return replace(budget, pooler=replace(budget.pooler, pool_size=max(2, each)))


def _holds_one(budget: Budget) -> bool:
    return budget.fits


def _holds_two(budget: Budget) -> bool:
    return budget.rolling_fits


def _largest(budget: Budget, fits: Callable[[Budget], bool]) -> Budget | None:
    if fits(budget):
        return budget
    shrunk = budget
    for quantity in ("processes", "connections"):
        least = _scaled(shrunk, quantity, 0)
        if fits(least):
            shrunk = _by_share(shrunk, quantity, fits)
            return _filled(_filled(shrunk, budget, "connections", fits), budget, "processes", fits)
        shrunk = least
    return None


def _by_share(budget: Budget, quantity: str, fits: Callable[[Budget], bool]) -> Budget:
    """The largest share of `quantity` that fits; nothing at all is known to fit."""
    low, high = 0, STEPS + 1  # low fits; high is too much, or more than all
    while high - low > 1:
        middle = (low + high) // 2
        if fits(_scaled(budget, quantity, middle)):
            low = middle
        else:
            high = middle
    return _scaled(budget, quantity, low)


def _scaled(budget: Budget, quantity: str, share: int) -> Budget:
    roles = tuple(
        _with(role, quantity, getattr(role, quantity) * share // STEPS) for role in budget.roles
    )
    return replace(budget, roles=roles)


def _with(role: Role, quantity: str, size: int) -> Role:
    """As many processes on every instance, and one at least."""
    if quantity == "connections":
        return replace(role, connections=max(1, size))
    whole = size // role.instances * role.instances
    return replace(role, processes=max(role.instances, whole))


def _filled(
    budget: Budget, declared: Budget, quantity: str, fits: Callable[[Budget], bool]
) -> Budget:
    """Rounding down has left room: one more where the most is missing, while that fits."""
    while True:
        by_need = sorted(range(len(budget.roles)), key=lambda at: _share(budget, declared, at))
        larger = (_one_more(budget, declared, quantity, at) for at in by_need)
        better = next((one for one in larger if one is not None and fits(one)), None)
        if better is None:
            return budget
        budget = better


def _one_more(budget: Budget, declared: Budget, quantity: str, at: int) -> Budget | None:
    """One process an instance, or one connection, more; None beyond what was declared."""
    role = budget.roles[at]
    step = role.instances if quantity == "processes" else 1
    size = getattr(role, quantity) + step
    if size > getattr(declared.roles[at], quantity):
        return None
    roles = (*budget.roles[:at], _with(role, quantity, size), *budget.roles[at + 1 :])
    return replace(budget, roles=roles)


def _share(budget: Budget, declared: Budget, at: int) -> Fraction:
    before, after = declared.roles[at], budget.roles[at]
    return Fraction(after.started * after.connections, before.started * before.connections)


def _cost(before: Role, after: Role, capacity: Capacity) -> str:
    was, is_ = capacity.units(before), capacity.units(after)
    sizes = f"{before.started} x {before.connections} -> {after.started} x {after.connections}"
    if was == is_:
        return f"{after.name}: {sizes}: {is_} {capacity.unit} at once, as before"
    return (
        f"{after.name}: {sizes} (processes x connections): {is_} {capacity.unit} at once instead "
        f"of {was}, {is_ / was:.0%} of the throughput where that is the bound"
    )
