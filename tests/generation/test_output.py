"""What a command says reaches whoever reads, whatever their stream can hold; or the run is safe."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from generation.models import GenerationRun
from generation.run_states import RunState
from tests.generation.test_generate_roadmap_command import ROOT, environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SCRIPT = str(ROOT / "tests" / "generation" / "chinese_command.py")
# Python would make UTF-8 of the plain C locale.
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
POOR = [
    {"PYTHONIOENCODING": "latin-1"},
    *(
        pytest.param(poor, marks=pytest.mark.wide)
        for poor in ({"PYTHONIOENCODING": "ascii:strict"}, PLAIN)
    ),
]


def generate(
    *options: str, shell: str = "exec", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Through a shell: `exec`, or what is to become of `"$@"`."""
    line = f'{shell} "$@"' if shell == "exec" else shell
    order = ("generate_roadmap", "Knots", "--provider=scripted", "--concepts=4", *options)
    command = [sys.executable, SCRIPT, *order]
    return subprocess.run(
        ["sh", "-c", line, "sh", *command],
        capture_output=True,
        cwd=ROOT,
        env=environment(**variables),
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize("poor", POOR)
def test_a_stream_that_cannot_hold_the_text_gets_the_rest_of_it(poor: dict[str, str]) -> None:
    outcome = generate(**poor)
    said = outcome.stdout.decode("latin-1")
    assert outcome.returncode == 0, outcome.stderr
    assert b"Traceback" not in outcome.stderr
    run = GenerationRun.objects.select_related("roadmap").get()
    assert (run.state, str(run.pk) in said) == (RunState.READY, True), said
    assert "ve" in said


@pytest.mark.parametrize("poor", POOR)
def test_json_stays_one_object_and_loses_nothing(poor: dict[str, str]) -> None:
    outcome = generate("--format=json", **poor)
    assert outcome.returncode == 0, outcome.stderr
    told = json.loads(outcome.stdout.decode("latin-1"))
    assert told["roadmap"]["title"] == "绳结 🪢 naïve"
    dry = generate("--format=json", "--dry-run", **poor)
    assert json.loads(dry.stdout.decode("latin-1"))["title"] == "绳结 🪢 naïve"


@pytest.mark.parametrize(
    ("shell", "status"),
    [
        ('"$@" >/dev/full', 1),
        pytest.param('"$@" 2>/dev/full', 0, marks=pytest.mark.wide),
        pytest.param('"$@" >&-', 0, marks=pytest.mark.wide),
        pytest.param('"$@" >&- 2>&-', 0, marks=pytest.mark.wide),
        ('{ "$@"; echo "status $?" >&2; } | :', 0),
    ],
)
def test_whoever_cannot_be_told_has_the_run_all_the_same(shell: str, status: int) -> None:
    outcome = generate(shell=shell)
    assert outcome.returncode == status
    assert not re.search(rb"Traceback|Exception ignored", outcome.stderr), outcome.stderr
    run = GenerationRun.objects.get()
    assert run.state == RunState.READY
    if status and outcome.stderr:
        assert f"--resume {run.pk}" in outcome.stderr.decode()
        assert "the output cannot be written: No space left" in outcome.stderr.decode()


@pytest.mark.parametrize(
    "command", ["connection_budget", pytest.param("help", marks=pytest.mark.wide)]
)
def test_every_command_says_in_a_sentence_that_it_cannot_write(command: str) -> None:
    outcome = subprocess.run(
        ["sh", "-c", 'exec "$0" manage.py "$1" >/dev/full', sys.executable, command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"},
        timeout=100,
        check=False,
    )
    assert outcome.returncode == 1
    assert outcome.stderr == "manage.py: the output cannot be written: No space left on device\n"
