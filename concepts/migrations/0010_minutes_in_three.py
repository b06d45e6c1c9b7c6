"""Lesson, practice and optional reading of a concept.

Of those there are, practice is half, as of new ones where nobody said it: `est_minutes` and all sums
stay what they are. An older version of us that writes one in a rolling deploy calls all of it lesson.
Optional reading is kept by the database itself, from the list of resources that is in use.
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F, Q

# By row, and only where the list in use changes: artifacts change with every claim, too.
READING = """
CREATE FUNCTION concepts_measure_reading() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    linked bigint := (SELECT coalesce(sum(minutes), 0) FROM concepts_resource
                       WHERE version_id = NEW.current_version_id);
BEGIN
    UPDATE concepts_concept SET reading_minutes = linked
     WHERE id = NEW.concept_id AND reading_minutes <> linked;
    RETURN NULL;
END $$;
CREATE TRIGGER concepts_reading_measured
 AFTER UPDATE OF current_version_id ON concepts_artifact
   FOR EACH ROW
  WHEN (NEW.kind = 'resources' AND NEW.current_version_id IS NOT NULL
        AND NEW.current_version_id IS DISTINCT FROM OLD.current_version_id)
       EXECUTE FUNCTION concepts_measure_reading();
"""
FIRST_SPLIT = """
UPDATE concepts_concept
   SET practice_minutes = est_minutes / 2,
       reading_minutes = (SELECT coalesce(sum(resource.minutes), 0)
                            FROM concepts_artifact artifact
                            JOIN concepts_resource resource
                              ON resource.version_id = artifact.current_version_id
                           WHERE artifact.concept_id = concepts_concept.id);
"""


class Migration(migrations.Migration):
    dependencies = [("concepts", "0009_instructions_of_versions")]

    operations = [
        migrations.AddField(
            model_name="concept",
            name="practice_minutes",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, verbose_name="minutes of practice"
            ),
        ),
        migrations.AddField(
            model_name="concept",
            name="reading_minutes",
            field=models.PositiveIntegerField(
                db_default=0, default=0, verbose_name="minutes of optional reading"
            ),
        ),
        migrations.AddField(
            model_name="concept",
            name="lesson_minutes",
            field=models.GeneratedField(
                db_persist=True,
                expression=F("est_minutes") - F("practice_minutes"),
                output_field=models.SmallIntegerField(),
                verbose_name="minutes of the lesson",
            ),
        ),
        migrations.AddConstraint(
            model_name="concept",
            constraint=models.CheckConstraint(
                condition=Q(practice_minutes__lte=F("est_minutes")),
                name="concept_practice_is_a_part",
                violation_error_message="Practice is a part of the estimated minutes.",
            ),
        ),
        migrations.RunSQL(READING + FIRST_SPLIT, "DROP FUNCTION concepts_measure_reading CASCADE;"),
    ]
