"""What was found when a link was followed: of those there are, nothing yet."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

STATES = {
    "unchecked": "link not checked yet",
    "works": "link works",
    "moved": "link has moved, and works",
    "restricted": "link opens for some only",
    "dead": "link does not open any more",
}


class Migration(migrations.Migration):
    dependencies = [("concepts", "0010_minutes_in_three")]

    operations = [
        migrations.AddField(
            model_name="resource",
            name="state",
            field=models.CharField(
                choices=list(STATES.items()),
                db_default="unchecked",
                default="unchecked",
                max_length=16,
                verbose_name="state of the link",
            ),
        ),
        migrations.AddField(
            model_name="resource",
            name="checked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="checked"),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=Q(state__in=list(STATES)), name="resource_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=Q(checked_at__isnull=True, state="unchecked")
                | Q(~Q(state="unchecked"), checked_at__isnull=False),
                name="resource_state_has_a_day",
            ),
        ),
    ]
