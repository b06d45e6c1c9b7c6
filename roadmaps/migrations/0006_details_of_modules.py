"""A module says how far its details are; old rows, and those of older versions of us, are whole."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmaps", "0005_copies"),
    ]

    operations = [
        migrations.AddField(
            model_name="module",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, verbose_name="attempts"
            ),
        ),
        migrations.AddField(
            model_name="module",
            name="details_state",
            field=models.CharField(
                choices=[
                    ("pending", "waiting"),
                    ("running", "being planned"),
                    ("ready", "ready"),
                    ("failed", "failed"),
                ],
                db_default="ready",
                default="ready",
                max_length=16,
                verbose_name="details",
            ),
        ),
        migrations.AddField(
            model_name="module",
            name="error_detail",
            field=models.TextField(
                blank=True, db_default="", default="", verbose_name="error detail"
            ),
        ),
        migrations.AddField(
            model_name="module",
            name="error_public",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=500,
                verbose_name="what went wrong",
            ),
        ),
        migrations.AddField(
            model_name="module",
            name="lease_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="claimed until"),
        ),
        migrations.AddField(
            model_name="module",
            name="leased_by",
            field=models.UUIDField(blank=True, null=True, verbose_name="claimed by"),
        ),
        migrations.AddField(
            model_name="module",
            name="priority",
            field=models.SmallIntegerField(db_default=0, default=0, verbose_name="priority"),
        ),
        migrations.AddField(
            model_name="module",
            name="retry_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="not before"),
        ),
        migrations.AddField(
            model_name="module",
            name="run_id",
            field=models.UUIDField(blank=True, null=True, verbose_name="run"),
        ),
        migrations.AddConstraint(
            model_name="module",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("details_state__in", ["pending", "running", "ready", "failed"])
                ),
                name="module_details_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="module",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("details_state", "running"),
                        ("lease_until__isnull", False),
                        ("leased_by__isnull", False),
                        ("run_id__isnull", False),
                    ),
                    models.Q(
                        models.Q(("details_state", "running"), _negated=True),
                        ("lease_until__isnull", True),
                        ("leased_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="module_running_means_leased",
            ),
        ),
        migrations.AddConstraint(
            model_name="module",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("details_state", "failed"), _negated=True),
                    models.Q(("error_public", ""), _negated=True),
                    _connector="OR",
                ),
                name="module_failed_says_why",
            ),
        ),
    ]
