"""Plans that nobody approves, by the time when they end; and a look at the states of all rows."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("generation", "0010_planned_runs")]

    operations = [
        ValidateConstraint(model_name="generationrun", name="run_state_known"),
        AddIndexConcurrently(
            model_name="generationrun",
            index=models.Index(
                fields=["planned_until"],
                condition=models.Q(state="planned"),
                name="run_planned",
            ),
        ),
    ]
