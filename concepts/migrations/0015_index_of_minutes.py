"""How long whole roadmaps take, and how far somebody is, for lists: read in the index alone."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("concepts", "0014_opened_before_planned")]

    operations = [
        AddIndexConcurrently(
            model_name="concept",
            index=models.Index(
                fields=["roadmap"],
                include=["id", "is_known", "lesson_minutes", "practice_minutes", "reading_minutes"],
                name="concept_minutes",
            ),
        ),
    ]
