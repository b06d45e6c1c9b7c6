"""Links that want somebody's attention, for the staff: few among very many."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("concepts", "0011_states_of_links")]

    operations = [
        AddIndexConcurrently(
            model_name="resource",
            index=models.Index(
                condition=~models.Q(state__in=["unchecked", "works"]),
                fields=["state", "-id"],
                name="resource_of_state",
            ),
        ),
    ]
