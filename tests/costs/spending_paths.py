"""What a call costs in statements where limits hold: see paths.py."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal

from django.utils import timezone

from generation.port.allowances import Allowance, day_of
from generation.port.calls import Ceiling
from generation.runs.reservations import Bill, renew, reserve, settle
from tests.costs.paths import begin, path


@path("a call that is reserved, billed and refused")
def reserve_and_settle(subject: int) -> Iterator[None]:
    run_id, call = begin().run_id, uuid.uuid4()
    names = ("site", "user:1", "visitor:a", "address:b")
    # The ledger has calls of this very day, and the day begins with them: the run refuses.
    scopes = [Allowance(name, 10**12, Decimal(10**6)) for name in names]
    scopes.append(Allowance(f"run:{run_id}", 100, Decimal(1), day=day_of(timezone.now())))
    most = Ceiling(60, Decimal("0.5"))
    yield
    assert reserve(call, most, scopes, lease_seconds=30.0) is None
    assert reserve(uuid.uuid4(), most, scopes, lease_seconds=30.0, run_id=run_id)
    assert renew([call], lease_seconds=30.0) == len(scopes)
    assert settle([Bill(call, 50, Decimal("0.1"))]) == len(scopes)
