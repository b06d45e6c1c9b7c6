"""Whoever is started by us ends with us, however we end."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from config.serve.roles import ROOT
from tests.embedded.checkouts import is_alive
from tests.waiting import wait_until

# A parent that starts a child, says who that is, and is killed.
PARENT = """
import subprocess, sys, os
command = [sys.executable, "-c", sys.argv[1], str(os.getpid())]
child = subprocess.Popen(command, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""
WITHOUT_KERNEL = "lifeline._ask_kernel = lambda number: False"
CHILD = """
import signal, sys
from config.serve import lifeline
{how}
signal.signal(signal.SIGTERM, signal.SIG_IGN)
lifeline.end_with_parent(int(sys.argv[1]))
print("ready", flush=True)
signal.pause()
"""


@pytest.mark.parametrize("how", ["", WITHOUT_KERNEL], ids=["by the kernel", "by looking"])
def test_a_child_ends_with_a_parent_that_is_killed(how: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD.format(how=how)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    wait_until(lambda: not is_alive(child))


@pytest.mark.parametrize("how", ["", WITHOUT_KERNEL], ids=["by the kernel", "by looking"])
def test_one_whose_parent_was_killed_before_ends_at_once(how: str) -> None:
    child = subprocess.run(
        [sys.executable, "-c", CHILD.format(how=how), "1"],
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        check=False,
        timeout=100,
    )
    assert child.returncode == -signal.SIGKILL
