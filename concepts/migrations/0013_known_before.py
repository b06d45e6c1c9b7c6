from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("concepts", "0012_index_of_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="concept",
            name="is_known",
            field=models.BooleanField(db_default=False, default=False, verbose_name="known before"),
        ),
    ]
