"""What a visitor, and an address, ordered is found without what others did."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("generation", "0016_no_early_end")]

    operations = [
        AddIndexConcurrently(
            model_name="generationrun",
            index=models.Index(fields=["placed_by"], name="run_placed_by"),
        ),
        AddIndexConcurrently(
            model_name="generationrun",
            index=models.Index(fields=["placed_from"], name="run_placed_from"),
        ),
    ]
