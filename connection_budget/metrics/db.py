"""The db_… metrics."""

from __future__ import annotations

from connection_budget.metrics.instruments import Counter, Gauge, Histogram

SEMAPHORE_WAITING = Gauge(
    "db_semaphore_waiting_tasks", "Units of database work that have no lane yet."
)
SEMAPHORE_PERMITS = Gauge("db_semaphore_permits", "Units that may run at once: lanes.")
LANES_RUNNING = Gauge("db_lane_running", "Units that run in a lane now.")
UNIT_OVERDUE_SECONDS = Gauge(
    "db_unit_overdue_seconds",
    "How long the oldest unit has run that is past its deadline; 0: none is.",
    across="livemax",
)
SEAT_OLDEST_SECONDS = Gauge(
    "db_seat_oldest_seconds",
    "How long the seat is held that is held longest.",
    across="livemax",
)
SEATS_WAITING = Gauge("db_seats_waiting", "Requests that wait for a seat.")
POOL_CONNECTIONS = Gauge(
    "db_pool_connections", "Connections of the web processes' pools, by state.", ["state"]
)
POOL_USAGE_RATIO = Gauge(
    "db_pool_usage_ratio",
    "Connections in use of the pool's maximum (0 to 1), of the fullest process.",
    across="livemax",
)
POOL_LOST_SLOTS = Gauge("db_pool_lost_slots", "Places in pools, taken and never given back.")
CONNECTION_BUDGET = Gauge(
    "db_connection_budget", "Most connections a role may hold.", ["role"], across="livemax"
)
CONNECTIONS_LIVE = Gauge(
    "db_connections_live",
    "Connections of a role that the server shows.",
    ["role"],
    across="livemostrecent",
)
UNDECLARED = Gauge(
    "db_connections_undeclared",
    "Connections to the server that were opened past Django, and that no role declares.",
)
UNIT_SECONDS = Histogram("db_unit_seconds", "How long units of database work ran.")
PERMIT_WAIT_SECONDS = Histogram("db_permit_wait_seconds", "How long units waited for a lane.")
POOL_TIMEOUTS = Counter(
    "db_pool_timeouts_total", "Requests that got no seat or no connection in time."
)
HELD_MEANWHILE = Counter(
    "db_held_meanwhile_total", "Long waits that began with a lane, a seat or a transaction held."
)
