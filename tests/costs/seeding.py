"""Roadmaps by the thousand, in seconds: what many people have had written for years.

Number `n` of every table belongs to roadmap `n`, whose keys are made from it, so that one may be
picked out. The details of lists and quizzes stand for every twentieth only.
"""

from __future__ import annotations

import uuid
from typing import Any

import psycopg

CONCEPTS = 43
ONE_IN = 20

# PostgreSQL checks foreign keys row by row, and keeps indexes up to date row by row: both are made
# anew afterwards, in a fraction of the time.
_CONSTRAINTS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
  FROM pg_constraint WHERE contype IN ('f', 'u') AND connamespace = 'public'::regnamespace
 ORDER BY contype
"""
_INDEXES = """
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
  FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
  LEFT JOIN pg_constraint ON conindid = indexrelid
 WHERE relnamespace = 'public'::regnamespace AND conindid IS NULL
"""
# Keys that are given go past the sequences that give them.
_SEQUENCES = """
SELECT table_name, pg_get_serial_sequence(table_name, column_name)
  FROM information_schema.columns
 WHERE table_schema = 'public' AND column_name = 'id' AND is_identity = 'YES'
"""

_ID = "('00000000-0000-4000-{kind}000-' || lpad(to_hex({n}), 12, '0'))::uuid"


def key(kind: int, number: int) -> uuid.UUID:
    return uuid.UUID(f"00000000-0000-4000-{kind}000-{number:012x}")


ROADMAP, RUN = 8, 9


def _id(kind: int, number: str) -> str:
    return _ID.format(kind=kind, n=number)


_STATEMENTS = (
    """INSERT INTO accounts_user (id, password, is_superuser, first_name, last_name, is_staff,
           is_active, date_joined, email, time_zone, interface_language)
       SELECT n, 'x', n = 1, '', '', n = 1, true, now() - n * interval '1 hour',
              'user' || n || '@knots.example', 'UTC', 'en'
         FROM generate_series(1, greatest(2, %(roadmaps)s / 10)) n""",
    f"""INSERT INTO roadmaps_roadmap (id, owner_id, goal, goal_key, title, slug, summary,
           assumptions, language, level, visibility, share_token, created_at, updated_at)
       SELECT {_id(ROADMAP, "n")}, CASE WHEN n %% 3 = 0 THEN 1 + n %% 10 END, 'Learn subject ' || n,
              'learn subject ' || n, 'Subject ' || n || ': a roadmap 学习第' || n || '课',
              'subject-' || n, repeat('What it is about. ', 5), '[]', 'en', 'beginner',
              CASE WHEN n %% 10 = 9 THEN 'private' ELSE 'public' END, md5(n::text),
              now() - n * interval '1 minute', now()
         FROM generate_series(1, %(roadmaps)s) n ORDER BY md5(n::text)""",
    f"""INSERT INTO roadmaps_stage (id, roadmap_id, stable_key, position, title, summary)
       SELECT 5 * n + s, {_id(ROADMAP, "n")}, gen_random_uuid(), s, 'Stage ' || s, ''
         FROM generate_series(1, %(roadmaps)s) n, generate_series(1, 5) s""",
    """INSERT INTO roadmaps_module (id, stage_id, stable_key, position, title, summary)
       SELECT 15 * n + m, 5 * n + 1 + (m - 1) / 3, gen_random_uuid(), 1 + (m - 1) %% 3,
              'Module ' || m, ''
         FROM generate_series(1, %(roadmaps)s) n, generate_series(1, 15) m""",
    f"""INSERT INTO concepts_concept (id, roadmap_id, module_id, stable_key, position, title, slug,
           summary, kind, difficulty, est_minutes, objectives, keywords, outline_key)
       SELECT {CONCEPTS} * n + c, {_id(ROADMAP, "n")}, 15 * n + 1 + (c - 1) / 3, gen_random_uuid(),
              c, 'Concept ' || c || ' of ' || n, 'concept-' || c, 'A summary.', 'concept', 2, 30,
              '["Tie it"]', '["knot"]', 'c' || c
         FROM generate_series(1, %(roadmaps)s) n, generate_series(1, {CONCEPTS}) c""",
    """INSERT INTO concepts_conceptprerequisite (concept_id, requires_id)
       SELECT id, id - 1 FROM concepts_concept WHERE position > 1""",
    f"""INSERT INTO generation_generationrun (id, roadmap_id, state, reason, provider, model,
           options, last_seq, model_calls, tokens_in, tokens_out, created_at, started_at,
           finished_at)
       SELECT {_id(RUN, "n")}, {_id(ROADMAP, "n")},
              CASE n %% 25 WHEN 7 THEN 'partial' WHEN 8 THEN 'paused' ELSE 'ready' END,
              CASE WHEN n %% 25 IN (7, 8) THEN 'why' ELSE '' END, 'catalogue',
              'model-' || n %% 7, '{{}}', {3 * CONCEPTS + 3}, 130, 1000, 2000,
              now() - n * interval '1 minute', now() - n * interval '1 minute', now()
         FROM generate_series(1, %(roadmaps)s) n ORDER BY md5(n::text)""",
    f"""INSERT INTO concepts_artifact (id, concept_id, kind, state, priority, position, attempts,
           run_id, error_class, error_public, error_detail, finished_at, current_version_id)
       SELECT 3 * concept.id + k, concept.id, (ARRAY['tutorial', 'resources', 'quiz'])[k], became,
              0,
              3 * concept.position + k, 1, run.id,
              CASE became WHEN 'failed' THEN 'ContentError' ELSE '' END,
              CASE became WHEN 'failed' THEN 'It would not hold.' ELSE '' END, '',
              CASE WHEN became <> 'pending' THEN run.finished_at END,
              CASE WHEN became = 'ready' THEN 3 * concept.id + k END
         FROM concepts_concept concept
         JOIN generation_generationrun run USING (roadmap_id), generate_series(1, 3) k,
              LATERAL (SELECT CASE WHEN concept.position < {CONCEPTS} OR run.state = 'ready'
                                   THEN 'ready' WHEN run.state = 'partial' THEN 'failed'
                                   ELSE 'pending' END AS became) chosen
        ORDER BY concept.id, k""",
    """INSERT INTO concepts_artifactversion (id, artifact_id, number, run_id, origin, provider,
           model, prompt_version, language, content_hash, tokens_in, tokens_out, created_at)
       SELECT id, id, 1, run_id, 'generated', 'catalogue', 'model-1', '1', 'en', md5(id::text), 10,
              20, finished_at FROM concepts_artifact WHERE state = 'ready'""",
    """INSERT INTO concepts_tutorial (version_id, markdown, html, renderer_version, reading_minutes)
       SELECT id, 'Take the rope.', '<p>Take the rope.</p>', 1, 5
         FROM concepts_artifactversion WHERE id %% 3 = 1""",
    f"""INSERT INTO concepts_resource (version_id, position, title, url, url_canonical, kind,
           language, why, is_free)
       SELECT id, place, 'A page', 'https://knots.example/' || place, 'knots.example/' || place,
              'docs', 'en', 'Pictures.', true
         FROM concepts_artifactversion, generate_series(1, 3) place
        WHERE id %% 3 = 2 AND (id / {3 * CONCEPTS}) %% least({ONE_IN}, %(roadmaps)s) = 0""",
    f"""INSERT INTO concepts_quiz (version_id)
       SELECT id FROM concepts_artifactversion
        WHERE id %% 3 = 0 AND (id / {3 * CONCEPTS}) %% least({ONE_IN}, %(roadmaps)s) = 0""",
    """INSERT INTO concepts_question (id, quiz_id, position, type, stem, explanation, objective,
           difficulty)
       SELECT 5 * version_id + place, version_id, place, 'single', 'What holds?', 'Rope.', 'Tie it',
              1 FROM concepts_quiz, generate_series(1, 5) place""",
    """INSERT INTO concepts_choice (question_id, position, text, is_correct, rationale)
       SELECT id, place, 'Choice ' || place, place = 1, 'Try it.'
         FROM concepts_question, generate_series(1, 4) place""",
    f"""INSERT INTO generation_generationevent (run_id, seq, type, concept_id, kind, payload,
           created_at)
       SELECT run.id, seq,
              CASE seq WHEN 1 THEN 'run_queued' WHEN 2 THEN 'run_started'
                       WHEN {3 * CONCEPTS + 3} THEN 'run_finished' ELSE 'artifact_ready' END,
              CASE WHEN seq BETWEEN 3 AND {3 * CONCEPTS + 2}
                   THEN {CONCEPTS} * n + 1 + (seq - 3) / 3 END,
              CASE WHEN seq BETWEEN 3 AND {3 * CONCEPTS + 2}
                   THEN (ARRAY['tutorial', 'resources', 'quiz'])[1 + seq %% 3] ELSE '' END,
              '{{}}', run.created_at + seq * interval '1 second'
         FROM generate_series(1, %(roadmaps)s) n
         JOIN generation_generationrun run ON run.id = {_id(RUN, "n")},
              generate_series(1, {3 * CONCEPTS + 3}) seq ORDER BY n, seq""",
    """INSERT INTO generation_modelcallrecord (id, run_id, at, purpose, prompt_version, model,
           attempt, outcome, error_class, seconds, tokens_in, tokens_out, tokens_cached)
       SELECT gen_random_uuid(), id, created_at + call * interval '1 second',
              (ARRAY['tutorial', 'resources', 'quiz'])[1 + call %% 3], '1', model, 1, 'ok', '', 1,
              10, 20, 0 FROM generation_generationrun, generate_series(1, 20) call""",
    """INSERT INTO generation_runspending (run_id, puller, calls, tokens_in, tokens_out)
       SELECT id, gen_random_uuid(), 65, 500, 1000
         FROM generation_generationrun, generate_series(1, 2)""",
    """INSERT INTO learning_learner (id, key, user_id, created_at)
       SELECT id, gen_random_uuid(), id, now() FROM accounts_user""",
    # Everybody is in the roadmap that is looked at, and in four others.
    f"""INSERT INTO learning_conceptmark (learner_id, concept_id, standing, completed_version,
           marked_at)
       SELECT learner.id, {CONCEPTS} * subject + c, 'done', 1, now() - c * interval '1 minute'
         FROM learning_learner learner,
              LATERAL (SELECT greatest(1, 20 * (%(roadmaps)s / 40)) AS subject
                       UNION SELECT 1 + (7 * learner.id + 11 * k) %% %(roadmaps)s
                         FROM generate_series(1, 4) k WHERE learner.id > 2) begun,
              generate_series(1, 8) c""",
    """INSERT INTO django_session (session_key, session_data, expire_date)
       SELECT md5(n::text), 'x', now() + n * interval '1 minute'
         FROM generate_series(1, 4 * %(roadmaps)s) n""",
)


def fill(connection: psycopg.Connection[Any], roadmaps: int) -> None:
    """Into an empty, migrated database."""
    connection.execute("SET synchronous_commit = off")
    connection.execute("SET maintenance_work_mem = '256MB'")
    pairs = [*connection.execute(_CONSTRAINTS), *connection.execute(_INDEXES)]
    for drop, _ in pairs:
        connection.execute(drop)
    for statement in _STATEMENTS:
        connection.execute(statement.encode(), {"roadmaps": roadmaps})
    for _, create in reversed(pairs):
        connection.execute(create)
    for table, sequence in connection.execute(_SEQUENCES).fetchall():
        connection.execute(
            f"SELECT setval('{sequence}', greatest(1, max(id))) FROM {table}".encode()
        )
    # As autovacuum keeps them.
    connection.execute("VACUUM (ANALYZE)")
