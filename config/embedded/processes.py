"""What a process id stands for: ids are used again, so a remembered one proves nothing."""

import os
import subprocess
from pathlib import Path


def command_line(pid: int) -> str:
    """Empty when there is no such process."""
    proc = Path("/proc", str(pid), "cmdline")
    if Path("/proc/self").exists():
        try:
            return os.fsdecode(proc.read_bytes())
        except OSError:
            return ""
    command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
