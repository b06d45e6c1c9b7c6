"""Artifacts that failed, for the staff: few among very many."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("concepts", "0006_indexes_of_work")]

    operations = [
        AddIndexConcurrently(
            model_name="artifact",
            index=models.Index(
                condition=models.Q(("state", "failed")), fields=["-id"], name="artifact_failed"
            ),
        ),
    ]
