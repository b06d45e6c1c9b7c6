"""The database itself marks a roadmap as ready to read once a run has brought all of it.

Making the trigger keeps other writers of runs away until the commit: none is missed.
"""

from __future__ import annotations

from django.db import migrations

TRIGGER = """
CREATE FUNCTION generation_mark_readable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE roadmaps_roadmap SET is_readable = true WHERE id = NEW.roadmap_id AND NOT is_readable;
    RETURN NULL;
END $$;
CREATE TRIGGER generation_marked_readable
 AFTER INSERT OR UPDATE OF state ON generation_generationrun
   FOR EACH ROW WHEN (NEW.state = 'ready') EXECUTE FUNCTION generation_mark_readable();
"""
ALREADY_READABLE = """
UPDATE roadmaps_roadmap SET is_readable = true
 WHERE id IN (SELECT roadmap_id FROM generation_generationrun WHERE state = 'ready');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0004_starts_are_counted"),
        ("roadmaps", "0003_sums_of_a_roadmap"),
    ]

    operations = [
        migrations.RunSQL(
            TRIGGER + ALREADY_READABLE, "DROP FUNCTION generation_mark_readable CASCADE;"
        )
    ]
