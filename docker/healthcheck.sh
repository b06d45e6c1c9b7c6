#!/bin/sh
# Whether this container does its work, as far as can be asked: web answers; the other roles listen
# nowhere, and a worker that hangs is seen by its leases.
set -eu
[ "${PROCESS_ROLE:-web}" = web ] || exit 0

CDPATH="" cd -- "$(dirname -- "$0")/.."
exec .venv/bin/python -m config.serve.healthcheck "${PORT:-8000}" "${ALLOWED_HOSTS%%,*}"
