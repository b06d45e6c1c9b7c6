# shellcheck shell=sh
# Sourced by every role script, which sets `role` before. Afterwards the checkout is the working
# directory, PROCESS_ROLE is exported, `python` is the interpreter, and the budget is known to fit.
# Sizes come from ROLE_<ROLE>_…, see .env.example.

role=${role:?a role script sets it}

CDPATH="" cd -- "$(dirname -- "$0")/.." || exit
export PROCESS_ROLE="$role"

python=.venv/bin/python
[ -x "$python" ] || python=python3

# The arithmetic goes to stderr. Nothing is connected to before this.
refuse_overcommitment() {
    "$python" manage.py connection_budget >/dev/null || exit 1
}

# How many of the role's processes run on this host.
processes_here() {
    "$python" -m config.serve.share
}

# A worker of the queue that is called like its role. On SIGTERM Celery would wait for its tasks
# without end; remapped, it waits CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT and hands back the rest.
run_worker() {
    processes=$(processes_here) || exit 1
    export REMAP_SIGTERM=SIGQUIT
    exec "$python" -m celery --quiet --app config worker \
        --queues "$role" --hostname "$role-$$@%h" --pool prefork --concurrency "$processes" \
        --without-gossip --without-mingle --without-heartbeat --loglevel INFO
}

refuse_overcommitment
