"""`python -m config.embedded status|stop`: the embedded servers of this checkout."""

import argparse
import sys
from pathlib import Path

from config.embedded import EmbeddedServiceError, Postgres, Redis
from config.embedded.service import Service

CHECKOUT_STATE = Path(__file__).parents[2] / ".cairn"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    parser.add_argument("action", choices=("status", "stop"))
    parser.add_argument("--state", type=Path, default=CHECKOUT_STATE, help="default: %(default)s")
    options = parser.parse_args(arguments)
    act = status if options.action == "status" else stop
    try:
        for service in (Postgres(options.state), Redis(options.state)):
            print(f"{service.name}: {act(service)}")
    except EmbeddedServiceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def status(service: Service) -> str:
    if not service.state.is_dir() or not service.running():
        return "not running"
    return f"running, sockets in {service.paths.socket_directory}, data in {service.paths.data}"


def stop(service: Service) -> str:
    return "stopped" if service.stop() else "was not running"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
