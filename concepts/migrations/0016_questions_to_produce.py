from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("concepts", "0015_index_of_minutes")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="accepted",
            field=models.JSONField(
                blank=True, db_default=[], default=list, verbose_name="accepted outputs"
            ),
        ),
        migrations.AlterField(
            model_name="question",
            name="type",
            field=models.CharField(
                choices=[
                    ("single", "one choice is right"),
                    ("multiple", "several choices may be right"),
                    ("true_false", "true or false"),
                    ("output", "predict the output"),
                    ("order", "put lines in order"),
                    ("faulty_line", "find the faulty line"),
                ],
                max_length=16,
                verbose_name="type",
            ),
        ),
    ]
