"""What a call costs in statements where limits hold: see paths.py."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal

from django.utils import timezone

from generation.port.allowances import Allowance, day_of
from generation.port.calls import Ceiling
from generation.runs.reservations import Bill, renew, reserve, settle
from roadmaps.models import Roadmap
from tests.costs.paths import begin, path
from tests.costs.seeding import ROADMAP, key

ACCOUNT = 50
MOST = Ceiling(60, Decimal("0.5"))


@path("a call that is reserved, billed and refused")
def reserve_and_settle(subject: int) -> Iterator[None]:
    """An account's day, and a visitor's, begin with what was called for them in it."""
    run_id, call = begin().run_id, uuid.uuid4()
    Roadmap.objects.filter(pk=key(ROADMAP, subject)).update(owner=ACCOUNT)
    # All calls are the site's, and its day began once, with the first of them.
    site = Allowance("site", 10**12, Decimal(10**6))
    assert reserve(uuid.uuid4(), MOST, [site], lease_seconds=30.0) is None
    names = (f"user:{ACCOUNT}", "visitor:a", "address:b")
    scopes = [site, *(Allowance(name, 10**12, Decimal(10**6)) for name in names)]
    # The ledger has calls of this very day, and the day begins with them: the run refuses.
    scopes.append(Allowance(f"run:{run_id}", 100, Decimal(1), day=day_of(timezone.now())))
    yield
    assert reserve(call, MOST, scopes, lease_seconds=30.0) is None
    assert reserve(uuid.uuid4(), MOST, scopes, lease_seconds=30.0, run_id=run_id)
    assert renew([call], lease_seconds=30.0) == len(scopes)
    assert settle([Bill(call, 50, Decimal("0.1"))]) == len(scopes)
