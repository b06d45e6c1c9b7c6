#!/bin/sh
# Builds .venv in the checkout. Run by `make setup`; safe to interrupt and to run again.
set -eu
# Meant for other environments than the one that is made here.
unset PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_REQUIRE_VIRTUALENV PYTHONPATH PYTHONHOME

new_enough='import sys; raise SystemExit(sys.version_info < (3, 11))'

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$new_enough" 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "Cairn needs Python 3.11 or newer; set PYTHON to one." >&2
    exit 1
}

# A half-built environment, one of a moved checkout or of a removed Python is made anew.
usable() {
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 &&
        [ "$(.venv/bin/python -c 'import sys; print(sys.prefix)')" = "$(pwd -P)/.venv" ] &&
        { [ ! -e .venv/.ready ] || [ "$(cat .venv/.ready)" = "$(pwd -P)" ]; }
}

if [ -L .venv ]; then
    echo ".venv is a link, and what it leads to would be emptied: remove the link first." >&2
    exit 1
fi
if ! usable; then
    python=$(find_python)
    echo "Making .venv with $("$python" --version) (once, about a minute) ..."
    "$python" -m venv --clear .venv || {
        echo "This Python cannot make environments; on Debian: apt install python3-venv." >&2
        exit 1
    }
fi
.venv/bin/python -m pip install -qq --disable-pip-version-check --requirement requirements/dev.txt
.venv/bin/python -m config.embedded.redis_binary
# Makes `celery -A config` and the like work from any directory.
.venv/bin/python -c 'import os, sysconfig
with open(os.path.join(sysconfig.get_path("purelib"), "cairn.pth"), "w", encoding="utf-8") as file:
    file.write(os.getcwd() + "\n")'
pwd -P >.venv/.ready
