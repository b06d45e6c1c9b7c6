"""What must be there before the roles start: a free port, both servers, the schema, something
to read."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys

import django
from django.conf import settings

from config.serve.lifeline import lifeline
from config.serve.roles import ROOT

HOST = "127.0.0.1"


class PortTaken(Exception):
    """Another program listens where we want to."""


def claim_port(port: int) -> None:
    """Raises PortTaken, or OSError where the port is not for us."""
    with socket.socket() as probe:
        # As uvicorn does: the last one's closed connections are no reason to wait.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(
                f"Port {port} cannot be used ({error.strerror}); "
                f"choose another one with PORT, such as: make serve PORT={port + 1}"
            ) from None


def answers(port: int) -> bool:
    """Whether somebody speaks HTTP there. What the answer says is not asked."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def prepare_servers() -> None:
    """Join the embedded servers where none are given, and bring the schema up to date.

    Raises what config.bootstrap.REFUSALS lists, and ImproperlyConfigured.
    """
    django.setup()
    from config.bootstrap import (
        migrate_where_needed,
        prepare_services,
    )

    prepare_services()
    if not settings.MIGRATE_AT_START:
        migrate_where_needed()


def missing_built_in_roadmaps() -> list[str]:
    """The titles of the catalogue, where the database has no roadmap yet."""
    from django.db import connection

    from generation.providers.catalogue import load_catalogue
    from roadmaps.models import Roadmap

    empty = not Roadmap.objects.exists()
    connection.close()  # it would be held as long as we run
    return [roadmap.outline.title for roadmap in load_catalogue()] if empty else []


def write_built_in_roadmap(title: str) -> None:
    """Raises subprocess.CalledProcessError."""
    command = ["manage.py", "generate_roadmap", "--provider=catalogue", "--", title]
    subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        # Ctrl-C is for us. Killed, it leaves an open run, which the workers finish next time.
        start_new_session=True,
        preexec_fn=lifeline(signal.SIGKILL),
        check=True,
    )
