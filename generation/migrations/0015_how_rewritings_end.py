"""Whether somebody still wants to be told how a rewriting ended, and what is kept of it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0014_index_of_runs_that_go_on")]

    operations = [
        migrations.AddField(
            model_name="generationrun",
            name="dismissed_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="dismissed"
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
                    ("details_saved", "details of a module saved"),
                    ("details_failed", "details of a module failed"),
                    ("artifact_ready", "artifact ready"),
                    ("artifact_failed", "artifact failed"),
                    ("version_kept", "version kept, not shown"),
                    ("run_finished", "run finished"),
                    ("run_paused", "run paused"),
                    ("run_cancelled", "run cancelled"),
                    ("run_resumed", "run resumed"),
                ],
                max_length=32,
                verbose_name="type",
            ),
        ),
    ]
