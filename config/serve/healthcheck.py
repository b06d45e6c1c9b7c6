"""`python -m config.serve.healthcheck PORT HOST`: exit 0 when the web role answers on this host.

It asks /health/live, not /health: whoever restarts what is not well must not restart a process
because the database is away or full. That would mend nothing and cost the requests under way.
HOST is a name the site knows.
"""

from __future__ import annotations

import http.client
import sys

SECONDS = 4


def healthy(port: int, host: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("HEAD", "/health/live", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if healthy(int(sys.argv[1]), sys.argv[2]) else 1)
