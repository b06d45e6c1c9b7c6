#!/bin/sh
# The content_generation role: writes the unfinished artifacts of runs.
set -eu
role=content_generation
. "$(dirname -- "$0")/common.sh"

run_worker
