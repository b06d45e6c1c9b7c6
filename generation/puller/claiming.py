"""What one puller takes next, within what its run may cost."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from generation.puller.ledger import Ledger
from generation.puller.limits import Limits
from generation.puller.patience import PatientDb
from generation.runs import claims


class Claimer:
    """`refusal`: why nothing more may be claimed, once that is known."""

    def __init__(
        self,
        run_id: uuid.UUID,
        puller_id: uuid.UUID,
        db: PatientDb,
        limits: Limits,
        ledger: Ledger,
    ) -> None:
        self._run_id = run_id
        self._puller_id = puller_id
        self._db = db
        self._limits = limits
        self._ledger = ledger
        self.refusal: str | None = None

    async def claim(
        self, limit: int, artifacts: Mapping[int, object], modules: Mapping[int, object]
    ) -> claims.Claimed:
        """Besides those that the puller has already, by their keys."""
        wanted = {
            "limit": limit,
            "lease_seconds": self._limits.lease_seconds,
            "besides": sorted(artifacts),
            "planning": sorted(modules),
        }
        if not self._limits.budget:
            return await self._db.run(claims.claim_next, self._run_id, self._puller_id, **wanted)
        spent, budget = self._ledger.spent, self._limits.budget
        paid = await self._db.run(
            claims.claim_in_budget, self._run_id, self._puller_id, spent, budget, **wanted
        )
        self._ledger.learn(paid.others)
        self.refusal = self.refusal or paid.refusal
        return paid.claimed
