"""Runs for the staff: the newest first, all of them or those in one state."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("generation", "0006_placed_from")]

    operations = [
        AddIndexConcurrently(
            model_name="generationrun",
            index=models.Index(fields=["-created_at", "-id"], name="run_newest"),
        ),
        AddIndexConcurrently(
            model_name="generationrun",
            index=models.Index(fields=["state", "-created_at", "-id"], name="run_of_state"),
        ),
    ]
