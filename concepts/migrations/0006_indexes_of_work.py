"""A run's artifacts, a puller's, and those that failed: found without looking at anybody else's."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("concepts", "0005_roadmaps_are_measured")]

    operations = [
        AddIndexConcurrently(
            model_name="artifact",
            index=models.Index(fields=["run_id", "state"], name="artifact_of_run"),
        ),
        AddIndexConcurrently(
            model_name="artifact",
            index=models.Index(
                condition=models.Q(("state", "running")), fields=["leased_by"], name="artifact_held"
            ),
        ),
    ]
