"""Built beside the writers. One that was interrupted is left invalid: drop it, then migrate."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import roadmaps.titles


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("roadmaps", "0003_sums_of_a_roadmap"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="roadmap",
            index=models.Index(fields=["-created_at", "-id"], name="roadmap_newest"),
        ),
        AddIndexConcurrently(
            model_name="roadmap",
            index=models.Index(
                condition=models.Q(("is_readable", True), ("visibility", "public")),
                fields=["-created_at", "-id"],
                name="roadmap_listed",
            ),
        ),
        AddIndexConcurrently(
            model_name="roadmap",
            index=models.Index(fields=["owner", "-created_at", "-id"], name="roadmap_of_owner"),
        ),
        AddIndexConcurrently(
            model_name="roadmap",
            index=GinIndex(
                roadmaps.titles.TitleWords("title"), fastupdate=False, name="roadmap_title_words"
            ),
        ),
    ]
