"""A run may wait with its plan for its learner's word.

The constraint on states is swapped without looking at the rows; the next migration does that.
"""

from __future__ import annotations

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from generation.run_states import RunState

STATES = ["queued", "running", "planned", "paused", "ready", "partial", "failed", "cancelled"]


class Migration(migrations.Migration):
    dependencies = [("generation", "0009_index_of_artifacts_anew")]

    operations = [
        migrations.AddField(
            model_name="generationrun",
            name="skeleton",
            field=models.JSONField(blank=True, null=True, verbose_name="plan"),
        ),
        migrations.AddField(
            model_name="generationrun",
            name="plan_version",
            field=models.PositiveIntegerField(
                db_default=0, default=0, verbose_name="version of the plan"
            ),
        ),
        migrations.AddField(
            model_name="generationrun",
            name="plan_wish",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=2000,
                verbose_name="wish for the plan",
            ),
        ),
        migrations.AddField(
            model_name="generationrun",
            name="planned_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="plan kept until"),
        ),
        migrations.AlterField(
            model_name="generationrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "waiting"),
                    ("running", "running"),
                    ("planned", "planned"),
                    ("paused", "paused"),
                    ("ready", "ready"),
                    ("partial", "partly ready"),
                    ("failed", "failed"),
                    ("cancelled", "cancelled"),
                ],
                default=RunState.QUEUED,
                max_length=16,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="generationevent",
            name="type",
            field=models.CharField(
                choices=[
                    ("run_queued", "run queued"),
                    ("run_started", "run started"),
                    ("run_planned", "run planned"),
                    ("plan_changed", "plan changed"),
                    ("outline_saved", "outline saved"),
                    ("prerequisite_dropped", "prerequisite dropped"),
                    ("artifact_ready", "artifact ready"),
                    ("artifact_failed", "artifact failed"),
                    ("run_finished", "run finished"),
                    ("run_paused", "run paused"),
                    ("run_cancelled", "run cancelled"),
                    ("run_resumed", "run resumed"),
                ],
                max_length=32,
                verbose_name="type",
            ),
        ),
        migrations.RemoveConstraint(model_name="generationrun", name="run_state_known"),
        AddConstraintNotValid(
            model_name="generationrun",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=STATES), name="run_state_known"
            ),
        ),
    ]
