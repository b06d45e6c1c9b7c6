#!/usr/bin/env python
"""Cairn's command line: `manage.py help` lists the commands."""

import sys

from config.bootstrap import run_command

if __name__ == "__main__":
    run_command(sys.argv)
