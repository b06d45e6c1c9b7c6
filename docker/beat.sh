#!/bin/sh
# The beat role: sends what is due. Never more than one in a fleet.
#   STATE_DIRECTORY   where it notes what was sent last (.cairn in the checkout)
set -eu
role=beat
. "$(dirname -- "$0")/common.sh"

state=${STATE_DIRECTORY:-.cairn}
[ -d "$state" ] || (umask 077 && mkdir -p -- "$state")
exec "$python" -m celery --quiet --app config beat \
    --schedule "$state/beat-schedule" --pidfile= --loglevel INFO
