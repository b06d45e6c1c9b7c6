"""Which failures a unit is repeated after: those that are over when it is tried again."""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, OperationalError
from psycopg import errors

from connection_budget.lanes.units import is_transient

LASTING = [
    errors.QueryCanceled,  # by its own deadline, too
    errors.TooManyConnections,
    errors.InvalidPassword,
    errors.CannotConnectNow,
    errors.DiskFull,
    errors.LockNotAvailable,
    errors.UniqueViolation,
    errors.InFailedSqlTransaction,
]


def as_django_tells(error: psycopg.Error) -> DatabaseError:
    told = OperationalError(str(error))
    told.__cause__ = error
    return told


@pytest.mark.parametrize(
    "error",
    [
        errors.SerializationFailure,
        errors.DeadlockDetected,
        errors.AdminShutdown,
        errors.CrashShutdown,
        errors.IdleSessionTimeout,
        psycopg.OperationalError,  # of the client: the way to the server broke
    ],
)
def test_what_another_connection_or_another_moment_mends_is_tried_again(
    error: type[psycopg.Error],
) -> None:
    assert is_transient(error())
    assert is_transient(as_django_tells(error()))


@pytest.mark.parametrize("error", [*LASTING, psycopg.InterfaceError, psycopg.ProgrammingError])
def test_what_would_fail_again_is_not(error: type[psycopg.Error]) -> None:
    assert not is_transient(error())
    assert not is_transient(as_django_tells(error()))


def test_what_the_database_did_not_say_is_not() -> None:
    assert not is_transient(ValueError())
    assert not is_transient(IntegrityError("of Django alone"))
