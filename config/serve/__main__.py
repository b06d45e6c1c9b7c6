"""`make serve`: PostgreSQL, Redis and every role on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from functools import partial

from django.core.exceptions import ImproperlyConfigured

from config.environment import read_env_file
from config.serve import preparation
from config.serve.child import Child
from config.serve.console import OURS, Console
from config.serve.roles import defaults, environment, role_scripts
from config.serve.supervisor import Supervisor
from config.streams import abandon_stdout, prepare_streams


def main(arguments: list[str]) -> int:
    prepare_streams()
    port = parse_port(arguments)
    set_environment(port)
    console = Console([OURS, *role_scripts()])
    try:
        prepare(console, port)
        supervise(console, port)
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:
        # Whoever read our log has gone; there is nobody left to tell.
        abandon_stdout()
        return 1
    return 0


def parse_port(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make serve", description=__doc__)
    parser.add_argument("--port", default="8000", help="default: %(default)s")
    text: str = parser.parse_args(arguments).port
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        sys.exit(f"make serve: PORT is “{text}”; it must be a number from 1 to 65535.")
    return int(text)


def set_environment(port: int) -> None:
    """Exits with a sentence where .env cannot be read."""
    try:
        read_env_file()
    except ImproperlyConfigured as error:
        sys.exit(f"make serve: {error}")
    for name, value in defaults(port).items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    os.environ["PROCESS_ROLE"] = "command"


def prepare(console: Console, port: int) -> None:
    """Exits with a sentence where something is in the way."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    from config.bootstrap import REFUSALS

    try:
        preparation.claim_port(port)
        console.say("preparing the database")
        preparation.prepare_servers()
        for title in preparation.missing_built_in_roadmaps():
            console.say(f"writing the built-in roadmap “{title}”")
            preparation.write_built_in_roadmap(title)
    except subprocess.CalledProcessError as error:
        sys.exit(f"make serve: the built-in roadmaps could not be written: {error}")
    except (preparation.PortTaken, ImproperlyConfigured, *REFUSALS) as error:
        sys.exit(f"make serve: {error}")


def supervise(console: Console, port: int) -> None:
    variables = os.environ | environment(port)
    children = [Child(name, command, variables) for name, command in role_scripts().items()]
    Supervisor(
        children,
        console,
        answers=partial(preparation.answers, port),
        announcement=f"Cairn is running at http://{preparation.HOST}:{port}/ - Ctrl-C stops it",
    ).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
