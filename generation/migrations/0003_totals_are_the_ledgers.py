"""The totals of runs that were written before: all that their pullers spent."""

from __future__ import annotations

from django.db import migrations

ADD_UP = """
UPDATE generation_generationrun AS run
   SET model_calls = spent.calls, tokens_in = spent.tokens_in, tokens_out = spent.tokens_out,
       cost_usd = spent.cost_usd
  FROM (SELECT run_id, sum(calls) AS calls, sum(tokens_in) AS tokens_in,
               sum(tokens_out) AS tokens_out, sum(cost_usd) AS cost_usd
          FROM generation_runspending GROUP BY run_id) AS spent
 WHERE spent.run_id = run.id
"""


class Migration(migrations.Migration):
    dependencies = [("generation", "0002_ledger")]

    operations = [migrations.RunSQL(ADD_UP, migrations.RunSQL.noop)]
