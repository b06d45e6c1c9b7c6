"""Django's PostgreSQL backend, with a cap: no more connections than the role declares.

`ENGINE = "connection_budget.postgresql"`, in every role. A connection takes a place of the
process's count (`connection_budget.cap`), and gives it back when the server has ended it.

In a process with seats (the web role) it has Django's pool, with `OPTIONS["pool"] =
{"max_size": n}`, n as `ROLE_WEB_CONNECTIONS`. There it makes three promises more:

- A pooled connection is only taken on a seat, so the pool never has a waiter, whoever asks.
- A connection that the server has closed is not handed out: a restart of the server costs no
  request that begins after it. (psycopg_pool's own check waits 1 + 2 + 4 … seconds between dead
  connections: 7.4 s for four, measured.)
- One that was never returned, because its thread is gone, is returned when its wrapper is
  collected.
"""

import os
import select
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import psycopg
from django.db import OperationalError
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolTimeout

from connection_budget.cap.limits import share_of
from connection_budget.cap.wrapper import Capped
from connection_budget.conf import POOL_TIMEOUT_SECONDS, get_role, pool_timeout
from connection_budget.deadlines.lending import Loan
from connection_budget.lanes.units import in_unit
from connection_budget.metrics.db import POOL_TIMEOUTS
from connection_budget.postgresql.outages import RETRY_SECONDS, Outage, ToldConnection
from connection_budget.postgresql.pool_keeper import PoolKeeper
from connection_budget.postgresql.recovery import recovery
from connection_budget.process import process_seats, seats_up_to
from connection_budget.seats.seats import note_borrower

POOL_DEFAULTS = {
    "min_size": 1,
    "timeout": POOL_TIMEOUT_SECONDS,
    # Seconds until the pool gives an attempt up. The next checkout starts another, so a server
    # that is back is found at once instead of after a long back-off.
    "reconnect_timeout": 0.5,
    "max_lifetime": 1800.0,
}

_outages: dict[str, Outage] = {}


def outage_of(alias: str) -> Outage:
    """What the pool of `alias` knows about its server."""
    return _outages.setdefault(alias, Outage())


class DatabaseWrapper(Capped, base.DatabaseWrapper):
    _connection_pools: ClassVar[dict[str, ConnectionPool[Any]]]
    _net: "weakref.finalize[Any, Any] | None" = None
    _loan: Loan | None = None

    @property
    def pool(self) -> ConnectionPool[Any] | None:
        """Django asks for it before each query."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if not options or self.alias == NO_DB_ALIAS:
            return None
        return self._connection_pools.get(self.alias) or self._make_pool()

    def _make_pool(self) -> ConnectionPool[Any] | None:
        declared = self.settings_dict["OPTIONS"]["pool"]
        options = POOL_DEFAULTS | ({} if declared is True else declared)
        options["timeout"] = self._patience()
        theirs = options.get("connection_class", psycopg.Connection)
        if not issubclass(theirs, ToldConnection):
            about = {
                "outage": outage_of(self.alias),
                "alias": self.alias,
                "keeper": PoolKeeper(self.alias, self._connection_pools),
            }
            # One of the project's own stays what it is; that it is counted comes first.
            bases = (ToldConnection,) if theirs is psycopg.Connection else (ToldConnection, theirs)
            options["connection_class"] = type("Told", bases, about)
        most = share_of(self.alias, get_role().connections)
        for size in {"min_size", "max_size"} & set(options):
            options[size] = min(options[size] or most, most)
        self.settings_dict["OPTIONS"]["pool"] = options
        # The pool remembers the wrapper that made it: let that not be one with a connection.
        pool: ConnectionPool[Any] | None = super(DatabaseWrapper, self.copy()).pool
        if pool is not None:
            end_loans_with_putconn(pool)
        return pool

    def get_new_connection(self, conn_params: Any) -> Any:
        pool = self.pool
        if pool is None:
            return self.connect_in_place(partial(super().get_new_connection, conn_params))
        *before, seats = seats_up_to(self.alias)
        leave_seat = seats.seat_connection(self._patience(), before=before)
        try:
            connection = self._check_out(pool, conn_params)
        except BaseException:
            leave_seat()
            raise
        self._keep(pool, connection, leave_seat)
        return connection

    def forget(self) -> None:
        if self._net is not None:
            self._net.detach()
        self._loan = None
        super().forget()

    @classmethod
    def forget_pools(cls) -> None:
        """In a forked child: the next query makes a pool of its own."""
        _inherited_pools.extend(cls._connection_pools.values())
        cls._connection_pools.clear()
        _outages.clear()
        for borrower in list(_borrowers.values()):
            borrower.forget()

    def ensure_connection(self) -> None:
        """Outside a transaction, one that was taken back is replaced.

        Before each query: where there is one, that is all. (Django asks once more whether a loop
        runs in this thread; making the cursor asks as well.)
        """
        if self._loan is not None and self._loan.is_over and not self.in_atomic_block:
            self.close()
        if self.connection is None:
            super().ensure_connection()

    def _close(self) -> None:
        if self._loan is None:
            self.leave_place(self.connection)
            super()._close()  # type: ignore[misc]  # the stubs leave it out
            return
        with self.wrap_database_errors:
            self._end_loan(self._loan)

    def give_up(self) -> None:
        if self._loan is None:
            super().give_up()
        else:
            self._end_loan(self._loan)

    def let_go(self) -> None:
        self._loan = self._net = None
        super().let_go()

    def _end_loan(self, loan: Loan) -> None:
        self._loan = None
        self.is_wanted = False
        if self._net is not None:
            self._net.detach()
        try:
            loan.give_back()
        finally:
            self.connection = None

    def _patience(self) -> float:
        return pool_timeout(self.alias, self.settings_dict["OPTIONS"]["pool"])

    def _keep(
        self, pool: ConnectionPool[Any], connection: Any, leave_seat: Callable[[], None]
    ) -> None:
        """Remember what to give back with the connection, and spread the net."""
        outage = outage_of(self.alias)

        def returned() -> None:
            outage.returned()
            leave_seat()

        by_hand = self.connection is not None
        deadline = None if in_unit() and not by_hand else process_seats().deadline
        loan = Loan(self.alias, pool, connection, deadline=deadline, returned=returned)
        net = weakref.finalize(self, recovery.put, loan)
        net.atexit = False
        connection.ends_loan = loan.give_back
        if not by_hand:
            self._loan, self._net = loan, net
        _borrowers[id(self)] = self
        note_borrower(self)
        recovery.watch(seats_up_to(self.alias)[-1], _borrowers)

    def _check_out(self, pool: ConnectionPool[Any], conn_params: Any) -> Any:
        outage = outage_of(self.alias)
        with outage.trying(available=pool.get_stats()["pool_available"] > 0) as away:
            pool.timeout = RETRY_SECONDS if away else self._patience()
            while True:
                try:
                    connection = self._open_connection(pool, conn_params)
                except PoolTimeout as error:
                    if not outage.is_new():
                        POOL_TIMEOUTS.add()
                        reason = outage.reason or "no answer"
                        raise OperationalError(f"{error}: {reason}") from error
                else:
                    outage.taken()
                    return connection

    def _open_connection(self, pool: ConnectionPool[Any], conn_params: Any) -> Any:
        while True:
            connection = super().get_new_connection(conn_params)
            if is_open(connection):
                return connection
            connection.close()
            pool.putconn(connection)  # makes room for a new one


def end_loans_with_putconn(pool: ConnectionPool[Any]) -> None:
    """Somebody may give a connection back to the pool itself: then its loan is over, too, or its
    deadline would hit whoever has it next."""
    put = pool.putconn

    def put_back(connection: Any) -> None:
        ends_loan = getattr(connection, "ends_loan", None)
        if ends_loan is None:
            put(connection)
        else:
            ends_loan()

    vars(pool)["putconn"] = put_back  # Django makes the pool, of this class


_borrowers: "weakref.WeakValueDictionary[int, DatabaseWrapper]" = weakref.WeakValueDictionary()
# Pools of a parent: their threads are not here, and collecting one would wait for them.
_inherited_pools: list[ConnectionPool[Any]] = []


os.register_at_fork(after_in_child=DatabaseWrapper.forget_pools)


def is_open(connection: "psycopg.Connection[Any]") -> bool:
    """Whether the server still keeps its end, as far as this end knows: no round trip.

    An idle connection has nothing to say. When there is something to read, the server has most
    likely said farewell, and only then it is asked.
    """
    try:
        if not has_something_to_read(connection.fileno()):
            return not connection.closed
        connection.execute("")
    except psycopg.Error:
        return False
    return connection.info.transaction_status == TransactionStatus.IDLE


def has_something_to_read(file: int) -> bool:
    """`select` would refuse the numbers from 1024 up, which a process with many clients reaches."""
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))
