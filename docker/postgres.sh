#!/bin/sh
# Runs in the PostgreSQL container at its first start: the owner of the schema and a login for each
# process role, none of them superuser. A process role works on the owner's tables as a member.
set -eu

psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat /run/secrets/database_password`
CREATE ROLE cairn LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
GRANT pg_read_all_stats TO cairn;
CREATE ROLE cairn_web LOGIN PASSWORD :'password' IN ROLE cairn;
CREATE ROLE cairn_content_generation LOGIN PASSWORD :'password' IN ROLE cairn;
CREATE ROLE cairn_workflow LOGIN PASSWORD :'password' IN ROLE cairn;
CREATE ROLE cairn_logs LOGIN PASSWORD :'password' IN ROLE cairn;
CREATE ROLE cairn_beat LOGIN PASSWORD :'password' IN ROLE cairn;
CREATE DATABASE cairn OWNER cairn;
SQL
