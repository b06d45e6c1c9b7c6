"""Modules whose details are still to be planned, found by their run."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("roadmaps", "0006_details_of_modules")]

    operations = [
        AddIndexConcurrently(
            model_name="module",
            index=models.Index(
                condition=models.Q(("details_state__in", ["pending", "running", "failed"])),
                fields=["run_id", "details_state"],
                name="module_in_planning",
            ),
        ),
    ]
