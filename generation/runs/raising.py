"""What a learner opens is written next: its priority in the rows, and nothing else, is changed."""

from __future__ import annotations

import uuid

from django.db import connection, transaction

# A column of two bytes holds some more. There, those that were opened stand in the plan's order.
HIGHEST = 30_000

# What somebody holds just now is skipped, not waited for: it is about to be written anyway. The
# rows of a concept that is first already are left as they are.
_RAISE = """
UPDATE concepts_artifact AS ours
   SET priority = LEAST(%(highest)s, others.top + 1)
  FROM (SELECT GREATEST(
          (SELECT COALESCE(MAX(priority), 0)
             FROM concepts_artifact
            WHERE run_id = %(run)s AND state IN ('pending', 'running')
              AND concept_id <> %(concept)s),
          (SELECT COALESCE(MAX(priority), 0)
             FROM roadmaps_module
            WHERE run_id = %(run)s AND details_state IN ('pending', 'running'))
        ) AS top) AS others
 WHERE ours.id IN (SELECT id
                     FROM concepts_artifact
                    WHERE run_id = %(run)s AND state = 'pending' AND concept_id = %(concept)s
                    ORDER BY id
                      FOR UPDATE SKIP LOCKED)
   AND ours.priority <= LEAST(%(highest)s - 1, others.top)
"""

# Of a concept that is still to be planned nothing else is there that could be raised.
_RAISE_UNPLANNED = """
UPDATE concepts_concept AS ours
   SET priority = LEAST(%(highest)s, others.top + 1)
  FROM (SELECT GREATEST(
          (SELECT COALESCE(MAX(priority), 0)
             FROM concepts_artifact
            WHERE run_id = %(run)s AND state IN ('pending', 'running')),
          (SELECT COALESCE(MAX(concept.priority), 0)
             FROM concepts_concept AS concept
             JOIN roadmaps_module AS module ON module.id = concept.module_id
            WHERE module.run_id = %(run)s AND module.details_state IN ('pending', 'running')
              AND concept.id <> %(concept)s)
        ) AS top) AS others
 WHERE ours.id = (SELECT concept.id
                    FROM concepts_concept AS concept
                    JOIN roadmaps_module AS module ON module.id = concept.module_id
                   WHERE concept.id = %(concept)s AND NOT concept.is_known
                     AND module.run_id = %(run)s
                     AND module.details_state IN ('pending', 'running')
                     FOR NO KEY UPDATE OF concept SKIP LOCKED)
   AND ours.priority <= LEAST(%(highest)s - 1, others.top)
RETURNING ours.module_id, ours.priority
"""
# As urgent as the most urgent of its concepts.
_RAISE_MODULE = """
UPDATE roadmaps_module
   SET priority = %(priority)s
 WHERE id = (SELECT id
               FROM roadmaps_module
              WHERE id = %(module)s AND details_state = 'pending' AND priority < %(priority)s
                FOR NO KEY UPDATE SKIP LOCKED)
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


@transaction.atomic
def raise_unplanned(run_id: uuid.UUID, concept_id: int) -> bool:
    """The same for a concept whose module is still to be planned: its module is planned next, and
    then it is written before all else."""
    with connection.cursor() as cursor:
        cursor.execute(_RAISE_UNPLANNED, {"highest": HIGHEST, "run": run_id, "concept": concept_id})
        if (raised := cursor.fetchone()) is None:
            return False
        module_id, priority = raised
        cursor.execute(_RAISE_MODULE, {"module": module_id, "priority": priority})
        return True
