"""Who has roadmaps made: an account, or a visitor whose session remembers what it made."""

from __future__ import annotations

import secrets
import uuid

from django.contrib.sessions.backends.base import SessionBase

from accounts.limits.rules import Person
from accounts.models import User
from roadmaps.access import Visitor

MADE_ROADMAPS = "made_roadmaps"
# A session is no archive.
MADE_ROADMAPS_KEPT = 50
# What a session counts as; its key changes when somebody signs in.
COUNTED_AS = "counted_as"


def person_of(visitor: Visitor, session: SessionBase, address: str) -> Person:
    """In whose name something is ordered. Writes nothing: see `remember`."""
    account = visitor.pk if isinstance(visitor, User) else None
    return Person(account, session.get(COUNTED_AS) or secrets.token_hex(16), address)


def remember(session: SessionBase, roadmap_id: uuid.UUID, person: Person) -> None:
    """That a visitor without an account made this, and what the session counts as."""
    session[COUNTED_AS] = person.session
    made = [known for known in made_roadmaps(session) if known != str(roadmap_id)]
    session[MADE_ROADMAPS] = [*made, str(roadmap_id)][-MADE_ROADMAPS_KEPT:]


def forget_made(session: SessionBase) -> None:
    session.pop(MADE_ROADMAPS, None)


def made_roadmaps(session: SessionBase) -> list[str]:
    return list(session.get(MADE_ROADMAPS, []))
