"""Columns that triggers keep: concepts.0005 and generation.0005."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roadmaps", "0002_unlisted_unguessable")]

    operations = [
        migrations.AddField(
            model_name="roadmap",
            name="concept_count",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, verbose_name="concepts"
            ),
        ),
        migrations.AddField(
            model_name="roadmap",
            name="is_readable",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="ready to read"
            ),
        ),
        migrations.AddField(
            model_name="roadmap",
            name="minutes",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, verbose_name="minutes"
            ),
        ),
    ]
