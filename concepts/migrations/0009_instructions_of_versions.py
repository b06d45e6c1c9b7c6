from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("concepts", "0008_room_for_updates")]

    operations = [
        migrations.AddField(
            model_name="artifactversion",
            name="instruction",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=2000,
                verbose_name="instruction",
            ),
        ),
    ]
