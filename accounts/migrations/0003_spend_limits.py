"""What may be spent on what one person has written, each day; empty: what all may."""

from __future__ import annotations

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_wanted_email")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="max_tokens_per_day",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="Empty: what every account may (USER_MAX_TOKENS_PER_DAY). 0: nothing.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(10**15)],
                verbose_name="most tokens a day",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="max_cost_usd_per_day",
            field=models.DecimalField(
                blank=True,
                decimal_places=6,
                help_text="Empty: what every account may (USER_MAX_COST_USD_PER_DAY). 0: nothing.",
                max_digits=12,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="most US dollars a day",
            ),
        ),
    ]
