from django.db import migrations, models

import roadmaps.models

# Addresses that end in a secret keep it; those that somebody could guess get one.
KEEP_SECRETS = """
UPDATE roadmaps_roadmap SET share_token = right(slug, 32)
WHERE visibility = 'unlisted' AND slug ~ '-[0-9a-f]{32}$';
UPDATE roadmaps_roadmap SET share_token = replace(gen_random_uuid()::text, '-', '')
WHERE share_token !~ '^[0-9a-f]{32}$';
UPDATE roadmaps_roadmap SET slug = rtrim(left(slug, 87), '-_') || '-' || share_token
WHERE visibility = 'unlisted' AND slug !~ '-[0-9a-f]{32}$';
"""


class Migration(migrations.Migration):
    dependencies = [("roadmaps", "0001_roadmap_stage_module")]

    operations = [
        migrations.AlterField(
            model_name="roadmap",
            name="share_token",
            field=models.CharField(
                default=roadmaps.models.new_share_token,
                editable=False,
                max_length=40,
                unique=True,
                verbose_name="share token",
            ),
        ),
        migrations.RunSQL(KEEP_SECRETS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="roadmap",
            constraint=models.CheckConstraint(
                condition=~models.Q(visibility="unlisted")
                | models.Q(slug__regex=r"-[0-9a-f]{32}$"),
                name="roadmap_unlisted_unguessable",
            ),
        ),
    ]
