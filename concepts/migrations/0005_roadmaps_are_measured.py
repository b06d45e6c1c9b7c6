"""The database itself keeps how many concepts a roadmap has and how long they take.

By differences, not by counting anew: two transactions that change concepts of one roadmap side by
side then both count. Making the triggers keeps other writers of concepts away until the commit, so
nothing is missed between them and the first count.
"""

from __future__ import annotations

from django.db import migrations

# Transition tables have rows for all that one statement changed.
FUNCTION = """
CREATE FUNCTION concepts_measure_roadmaps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM concepts_add_to_roadmaps(roadmap_id, count(*), sum(est_minutes))
           FROM added GROUP BY roadmap_id ORDER BY roadmap_id;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM concepts_add_to_roadmaps(roadmap_id, -count(*), -sum(est_minutes))
           FROM gone GROUP BY roadmap_id ORDER BY roadmap_id;
    ELSE
        PERFORM concepts_add_to_roadmaps(roadmap_id, sum(concepts), sum(minutes))
           FROM (SELECT roadmap_id, 1 AS concepts, est_minutes AS minutes FROM added
                 UNION ALL SELECT roadmap_id, -1, -est_minutes FROM gone) AS changed
          GROUP BY roadmap_id HAVING sum(concepts) <> 0 OR sum(minutes) <> 0 ORDER BY roadmap_id;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION concepts_add_to_roadmaps(roadmap uuid, concepts bigint, more_minutes bigint)
RETURNS void LANGUAGE sql AS $$
UPDATE roadmaps_roadmap
   SET concept_count = greatest(0, concept_count + concepts),
       minutes = greatest(0, minutes + more_minutes)
 WHERE id = roadmap
$$;
"""
TRIGGER = """
CREATE TRIGGER concepts_measured_on_{event} AFTER {event} ON concepts_concept
REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION concepts_measure_roadmaps();
"""
TRIGGERS = "".join(
    TRIGGER.format(event=event, tables=tables)
    for event, tables in {
        "insert": "NEW TABLE AS added",
        "delete": "OLD TABLE AS gone",
        "update": "NEW TABLE AS added OLD TABLE AS gone",
    }.items()
)
FIRST_COUNT = """
UPDATE roadmaps_roadmap
   SET concept_count = counted.concepts, minutes = counted.minutes
  FROM (SELECT roadmap_id, count(*) AS concepts, sum(est_minutes) AS minutes
          FROM concepts_concept GROUP BY roadmap_id) AS counted
 WHERE id = counted.roadmap_id;
"""
UNDO = """
DROP FUNCTION concepts_measure_roadmaps CASCADE;
DROP FUNCTION concepts_add_to_roadmaps;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("concepts", "0004_retry_at_and_limits"),
        ("roadmaps", "0003_sums_of_a_roadmap"),
    ]

    operations = [migrations.RunSQL(FUNCTION + TRIGGERS + FIRST_COUNT, UNDO)]
