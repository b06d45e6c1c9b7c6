"""The history of a run: numbered without gaps, in commit order."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from generation.models import EventType


@dataclass(frozen=True)
class Event:
    type: EventType
    concept_id: int | None = None
    kind: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


# A database sequence would number in order of asking, and `after=SEQ` would miss a late commit.
# Raising the run's counter locks its row until the commit, so numbers follow commits; it is the
# last statement of the transaction, so the lock is short.
_APPEND = """
WITH run AS (
    UPDATE generation_generationrun
       SET last_seq = last_seq + %(count)s
     WHERE id = %(run)s
 RETURNING id, last_seq - %(count)s AS before, last_seq
), added AS (
    INSERT INTO generation_generationevent
           (run_id, seq, type, concept_id, kind, payload, created_at)
    SELECT run.id, run.before + new.place, new.type, new.concept_id, new.kind, new.payload::jsonb,
           clock_timestamp()
      FROM run, unnest(%(types)s::text[], %(concepts)s::bigint[], %(kinds)s::text[],
                       %(payloads)s::text[])
                WITH ORDINALITY AS new (type, concept_id, kind, payload, place)
)
SELECT last_seq FROM run
"""


def append_events(run_id: uuid.UUID, events: Sequence[Event]) -> int:
    """Append to a run's history; return the last event's number.

    Call it as the last statement of a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _APPEND,
            {
                "run": run_id,
                "count": len(events),
                "types": [event.type.value for event in events],
                "concepts": [event.concept_id for event in events],
                "kinds": [event.kind for event in events],
                "payloads": [json.dumps(event.payload) for event in events],
            },
        )
        row = cursor.fetchone()
    return int(row[0])
