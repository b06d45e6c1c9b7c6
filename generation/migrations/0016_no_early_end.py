"""No run ends while details of its modules are wanted, whoever closes it.

While two releases run beside each other, the older one counts artifacts alone: it would close a run
whose first module is written. To it, as to whoever comes second, nothing was changed.
"""

from __future__ import annotations

from django.db import migrations

GUARD = """
CREATE FUNCTION generation_keep_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM roadmaps_module
      WHERE run_id = NEW.id AND details_state IN ('pending', 'running') LIMIT 1;
    RETURN CASE WHEN FOUND THEN NULL ELSE NEW END;
END $$;
CREATE TRIGGER generation_kept_open
BEFORE UPDATE OF state ON generation_generationrun
   FOR EACH ROW
  WHEN (OLD.state = 'running' AND NEW.state IN ('ready', 'partial', 'failed')
        AND NEW.artifact_id IS NULL)
EXECUTE FUNCTION generation_keep_open();
"""
NO_GUARD = """
DROP TRIGGER generation_kept_open ON generation_generationrun;
DROP FUNCTION generation_keep_open();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0015_how_rewritings_end"),
        ("roadmaps", "0007_index_of_details"),
    ]

    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
