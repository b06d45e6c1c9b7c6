"""The runs of one artifact, the newest first."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("generation", "0008_one_artifact_anew")]

    operations = [
        AddIndexConcurrently(
            model_name="generationrun",
            index=models.Index(
                fields=["artifact", "-created_at"],
                condition=models.Q(artifact__isnull=False),
                name="run_of_artifact",
            ),
        ),
    ]
