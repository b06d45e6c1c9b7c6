#!/bin/sh
# The logs role: keeps records of model calls, checks links.
set -eu
role=logs
. "$(dirname -- "$0")/common.sh"

run_worker
