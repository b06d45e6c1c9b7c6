"""What a learner opens is written next: its priority in the rows, and nothing else, is changed."""

from __future__ import annotations

import uuid

from django.db import connection

# A column of two bytes holds some more. There, those that were opened stand in the plan's order.
HIGHEST = 30_000

# What somebody holds just now is skipped, not waited for: it is about to be written anyway. The
# rows of a concept that is first already are left as they are.
_RAISE = """
UPDATE concepts_artifact AS ours
   SET priority = LEAST(%(highest)s, others.top + 1)
  FROM (SELECT COALESCE(MAX(priority), 0) AS top
          FROM concepts_artifact
         WHERE run_id = %(run)s AND state IN ('pending', 'running')
           AND concept_id <> %(concept)s) AS others
 WHERE ours.id IN (SELECT id
                     FROM concepts_artifact
                    WHERE run_id = %(run)s AND state = 'pending' AND concept_id = %(concept)s
                    ORDER BY id
                      FOR UPDATE SKIP LOCKED)
   AND ours.priority <= LEAST(%(highest)s - 1, others.top)
"""


def raise_concept(run_id: uuid.UUID, concept_id: int) -> bool:
    """Have what is not begun of a concept claimed next by whoever works on the run; whether that
    changes anything.

    One statement. The concept that was opened last comes first; those opened before it follow, and
    then the plan's order. A call under way goes on: it is joined, for nothing is asked twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, {"highest": HIGHEST, "run": run_id, "concept": concept_id})
        return bool(cursor.rowcount > 0)
