from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0011_planned_runs_found"),
    ]

    operations = [
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
