"""Idempotency keys of callers: what one stands for, and for whom.

A key that opened a run stands in its row. One that was answered with what is written already opened
none, so what it stood for is noted for a day.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase

from accounts.limits.recall import notes
from accounts.limits.rules import DAY, Person
from generation.dispatch import KeyReused
from generation.models import GenerationRun
from generation.port.request import OutlineRequest


@dataclass(frozen=True)
class CallerKey:
    """An Idempotency-Key, and what its caller said beside the order."""

    key: str
    reference: str = ""


def scoped_key(caller: CallerKey, person: Person, session: SessionBase) -> str:
    """The key as its caller's own: an account's, a session's, or else that of an address.

    Strangers who choose the same key stay strangers; who comes without a cookie can only be known
    again by where they come from.
    """
    if person.account is not None:
        whose = f"account:{person.account}"
    elif session.session_key:
        whose = f"session:{session.session_key}"
    else:
        whose = f"address:{person.address_digest}"
    return f"api:{_digest([whose, caller.key])}"


def find_noted(scoped: str, caller: CallerKey, wanted: OutlineRequest) -> uuid.UUID | None:
    """The run that this key was answered with before. Raises KeyReused."""
    noted = notes().find(f"cairn:orders:{scoped}")
    if noted is None:
        return None
    run_id = _read(noted, caller, wanted)
    if GenerationRun.objects.filter(pk=run_id).exists():
        return run_id
    # Deleted since: the key stands for nothing.
    notes().forget(f"cairn:orders:{scoped}")
    return None


def note_order(
    scoped: str, caller: CallerKey, wanted: OutlineRequest, run_id: uuid.UUID
) -> uuid.UUID:
    """Note what a key was answered with; of two at once the first is the answer."""
    note = f"{_body(caller, wanted)} {run_id}"
    noted = notes().keep(f"cairn:orders:{scoped}", note, seconds=DAY)
    return run_id if noted == note else _read(noted, caller, wanted)


def _read(noted: str, caller: CallerKey, wanted: OutlineRequest) -> uuid.UUID:
    body, _, run_id = noted.partition(" ")
    if body != _body(caller, wanted):
        raise KeyReused(f"“{caller.key}” stands for another order.")
    return uuid.UUID(run_id)


def _body(caller: CallerKey, wanted: OutlineRequest) -> str:
    return _digest([wanted.goal, wanted.options(), caller.reference])


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:40]
