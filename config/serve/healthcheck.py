"""`python -m config.serve.healthcheck PORT HOST`: exit 0 when the web role answers on this host.

HOST is a name the site knows, or Django would refuse to answer. Any answer below 500 will do:
what the page says is not asked.
"""

from __future__ import annotations

import http.client
import sys

SECONDS = 4


def healthy(port: int, host: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("HEAD", "/", headers={"Host": host})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if healthy(int(sys.argv[1]), sys.argv[2]) else 1)
