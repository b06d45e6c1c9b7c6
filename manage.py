#!/usr/bin/env python
"""Cairn's command line: `manage.py help` lists the commands."""

import sys


def main() -> None:
    try:
        # Importing takes a moment, and Ctrl-C may come in it.
        from config.bootstrap import run_command  # noqa: PLC0415

        run_command(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)  # 128 + SIGINT, as shells have it


if __name__ == "__main__":
    main()
