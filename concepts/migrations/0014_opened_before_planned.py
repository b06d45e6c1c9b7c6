from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("concepts", "0013_known_before"),
    ]

    operations = [
        migrations.AddField(
            model_name="concept",
            name="priority",
            field=models.SmallIntegerField(db_default=0, default=0, verbose_name="priority"),
        ),
    ]
