#!/bin/sh
# The web role: pages, API, web sockets.
#   HOST, PORT            where it listens (127.0.0.1, 8000)
#   FORWARDED_ALLOW_IPS   the proxies whose X-Forwarded-For is believed (none; * wants TRUSTED_PROXIES)
#   WEB_HEAD_SECONDS      how long the head of a request may take (15)
#   WEB_STOP_SECONDS      how long open requests may take after SIGTERM (5)
set -eu
role=web
. "$(dirname -- "$0")/common.sh"

processes=$(processes_here) || exit 1
if [ -n "${FORWARDED_ALLOW_IPS:-}" ]; then
    set -- --proxy-headers --forwarded-allow-ips "$FORWARDED_ALLOW_IPS"
else
    set -- --no-proxy-headers
fi
# The log configuration only keeps uvicorn from making its own: its lines go the way of all others.
# A process that is slow to start on a busy machine is no reason to kill it and start another.
# Compressing messages would cost each open socket 50 KiB; what we send is short. Browsers say nothing
# there: what is longer than this ends the socket, where else each would hold 16 MiB of it.
exec "$python" -m uvicorn config.asgi:application \
    --host "${HOST:-127.0.0.1}" --port "${PORT:-8000}" --workers "$processes" \
    --timeout-graceful-shutdown "${WEB_STOP_SECONDS:-5}" --no-server-header \
    --http config.serve.heads:TimedHeadsProtocol \
    --ws config.serve.sockets:CarefulSocketProtocol --ws-per-message-deflate false --ws-max-size 4096 \
    --timeout-worker-healthcheck 30 \
    --log-config docker/uvicorn.json "$@"
