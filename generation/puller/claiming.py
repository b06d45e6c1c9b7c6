"""What one puller takes next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from generation.puller.limits import Limits
from generation.puller.patience import PatientDb
from generation.runs import claims


class Claimer:
    def __init__(
        self, run_id: uuid.UUID, puller_id: uuid.UUID, db: PatientDb, limits: Limits
    ) -> None:
        self._run_id, self._puller_id = run_id, puller_id
        self._db, self._limits = db, limits

    async def claim(
        self, limit: int, artifacts: Mapping[int, object], modules: Mapping[int, object]
    ) -> claims.Claimed:
        """Besides those that the puller has already, by their keys."""
        return await self._db.run(
            claims.claim_next,
            self._run_id,
            self._puller_id,
            limit=limit,
            lease_seconds=self._limits.lease_seconds,
            besides=sorted(artifacts),
            planning=sorted(modules),
        )
