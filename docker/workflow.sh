#!/bin/sh
# The workflow role: plans runs and sets the pullers to work.
set -eu
role=workflow
. "$(dirname -- "$0")/common.sh"

run_worker
