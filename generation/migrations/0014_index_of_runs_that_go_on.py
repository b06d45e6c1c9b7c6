"""The runs that wait for a new day."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("generation", "0013_spend_limits")]

    operations = [
        AddIndexConcurrently(
            model_name="generationrun",
            index=models.Index(
                fields=["resumes_at"],
                condition=models.Q(state="paused", resumes_at__isnull=False),
                name="run_resumes",
            ),
        ),
    ]
