"""Web servers on sockets of files, and visitors that all come at once."""

import itertools
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import stage

UVICORN = ("uvicorn", "asgi:application", "--log-level", "critical", "--uds")
GUNICORN = ("gunicorn", "asgi:application", "-k", "asgi", "--log-level", "critical", "-b")


def visit(server, *options, visitors, servers=1):
    """How so many visitors are answered by so many servers, each started with these options."""
    places = [stage.FOLDER / f"server{number}" for number in range(servers)]
    with ExitStack() as running:
        for place in places:
            running.enter_context(_serving(server, place, options))
        turn = itertools.cycle(places)
        return stage.in_threads(visitors, lambda: _get(next(turn)))


@contextmanager
def _serving(server, place, options):
    where = f"unix:{place}" if server is GUNICORN else str(place)
    command = [sys.executable, "-m", *server, where, *options]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            stage.wait_until(lambda: _listens(place) or process.poll() is not None)
            yield
        finally:
            stage.end(process)


def _listens(place):
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(place)) == 0


def _get(place):
    """Nothing where the page came, the status where another answer did."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(stage.PATIENCE_SECONDS)
        client.connect(str(place))
        client.sendall(b"GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        status = client.makefile("rb").readline().split()[1].decode()
    return None if status == "200" else status
