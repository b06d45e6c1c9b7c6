"""A run may be about one artifact that is ready already. Such a run makes no roadmap readable."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

TRIGGER = """
DROP TRIGGER generation_marked_readable ON generation_generationrun;
CREATE TRIGGER generation_marked_readable
 AFTER INSERT OR UPDATE OF state ON generation_generationrun
   FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION generation_mark_readable();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("concepts", "0009_instructions_of_versions"),
        ("generation", "0007_indexes_of_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="generationrun",
            name="artifact",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rewritings",
                to="concepts.artifact",
                verbose_name="artifact that is written anew",
            ),
        ),
        migrations.AddField(
            model_name="generationrun",
            name="instruction",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=2000,
                verbose_name="instruction",
            ),
        ),
        migrations.RunSQL(
            TRIGGER.format(condition="NEW.state = 'ready' AND NEW.artifact_id IS NULL"),
            TRIGGER.format(condition="NEW.state = 'ready'"),
        ),
    ]
