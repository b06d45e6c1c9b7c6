#!/bin/sh
# Brings the schema up to date, as the role that owns it. Arguments go to `manage.py migrate`.
set -eu
role="command"
. "$(dirname -- "$0")/common.sh"

exec "$python" manage.py migrate --no-input "$@"
