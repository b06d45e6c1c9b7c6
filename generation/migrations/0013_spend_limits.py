"""What is spent on a day, what calls under way may still take of it, and when a run goes on."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0012_details_in_events")]

    operations = [
        migrations.AddField(
            model_name="generationrun",
            name="placed_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=32,
                verbose_name="ordered by",
            ),
        ),
        migrations.AddField(
            model_name="generationrun",
            name="resumes_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="goes on at"),
        ),
        migrations.CreateModel(
            name="DaySpending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=64, verbose_name="scope")),
                ("day", models.DateField(verbose_name="day (UTC)")),
                ("tokens", models.PositiveBigIntegerField(default=0, verbose_name="tokens")),
                (
                    "cost_usd",
                    models.DecimalField(
                        decimal_places=8,
                        default=0,
                        max_digits=14,
                        verbose_name="cost in US dollars",
                    ),
                ),
                (
                    "assumed_tokens",
                    models.PositiveBigIntegerField(default=0, verbose_name="tokens assumed"),
                ),
                (
                    "assumed_cost_usd",
                    models.DecimalField(
                        decimal_places=8, default=0, max_digits=14, verbose_name="cost assumed"
                    ),
                ),
            ],
            options={
                "verbose_name": "spending of a day",
                "verbose_name_plural": "spending of the days",
                "ordering": ["-day", "scope"],
                "indexes": [models.Index(fields=["-day", "scope"], name="day_spending_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=["scope", "day"], name="day_spending_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("call", models.UUIDField(verbose_name="call")),
                (
                    "spending",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservations",
                        to="generation.dayspending",
                    ),
                ),
                ("tokens", models.PositiveBigIntegerField(verbose_name="tokens")),
                (
                    "cost_usd",
                    models.DecimalField(
                        blank=True,
                        decimal_places=8,
                        max_digits=14,
                        null=True,
                        verbose_name="cost in US dollars",
                    ),
                ),
                ("until", models.DateTimeField(verbose_name="reserved until")),
            ],
            options={
                "verbose_name": "reservation",
                "verbose_name_plural": "reservations",
                "indexes": [
                    models.Index(fields=["spending", "until"], name="reservation_of_spending"),
                    models.Index(fields=["until"], name="reservation_oldest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["call", "spending"], name="reservation_unique")
                ],
            },
        ),
    ]
