"""Keeping what a puller works on its own, for as long as it lives."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping

import structlog

from generation.log_events import brief_error
from generation.puller.limits import Limits
from generation.puller.patience import OUTAGES, PatientDb
from generation.runs import claims

log = structlog.get_logger(__name__)


class LeaseKeeper:
    def __init__(
        self, run_id: uuid.UUID, puller_id: uuid.UUID, db: PatientDb, limits: Limits
    ) -> None:
        self._run_id = run_id
        self._puller_id = puller_id
        self._db = db
        self._limits = limits

    async def keep(self, artifacts: Mapping[int, object], modules: Mapping[int, object]) -> None:
        """Push on the leases of whatever stands in the two by its key just then, until cancelled;
        and that of what one alone may do."""
        while True:
            await asyncio.sleep(self._limits.lease_seconds / 3)
            try:
                await self._db.run(
                    claims.renew_work,
                    self._run_id,
                    self._puller_id,
                    sorted(artifacts),
                    sorted(modules),
                    lease_seconds=self._limits.lease_seconds,
                )
            except OUTAGES as error:
                # Not fatal: whoever claims meanwhile writes the same artifact, once.
                log.warning("lease_not_renewed", error=brief_error(error))
