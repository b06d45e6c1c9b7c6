"""Whose progress it is: the account's, or that of a visitor's session."""

from __future__ import annotations

import uuid

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import User
from learning.models import MERGED_NOTE_MAX_CHARACTERS, Learner, Note
from roadmaps.access import Visitor

# Where a session keeps its learner's key; the session's own key changes when somebody signs in.
LEARNER = "learner"


def of_visitor(visitor: Visitor, session: SessionBase, *, path: str = "learner") -> Q | None:
    """The rows of whoever looks, as a condition; None where nothing can be theirs yet. `path` leads
    from the rows to their learner."""
    known_by = _known_by(visitor, session)
    return None if known_by is None else of_learner(known_by, path=path)


def of_learner(known_by: Q, *, path: str = "learner") -> Q:
    """The one way to a learner's rows: who it is is found once, before anything else. With a join
    PostgreSQL may choose to look at everybody's marks of a concept."""
    return Q(**{path: Subquery(Learner.objects.filter(known_by).values("pk")[:1])})


def _known_by(visitor: Visitor, session: SessionBase) -> Q | None:
    if isinstance(visitor, User):
        return Q(user=visitor.pk)
    key = key_of(session)
    return None if key is None else Q(key=key, user=None)


def find_learner(visitor: Visitor, session: SessionBase) -> Learner | None:
    """Writes nothing."""
    known_by = _known_by(visitor, session)
    return None if known_by is None else Learner.objects.filter(known_by).first()


def obtain_learner(visitor: Visitor, session: SessionBase, *, browser: str = "") -> Learner:
    """The learner, made by the first thing that somebody leaves behind.

    `browser`: a secret that only this browser sends (`browser_of`). Of two first things sent at the
    same moment neither knows a session yet, and both are one learner's.
    """
    if isinstance(visitor, User):
        return Learner.objects.get_or_create(user=visitor)[0]
    learner = find_learner(visitor, session)
    if learner is None:
        learner = _new_learner(browser)
        session[LEARNER] = str(learner.key)
    return learner


def browser_of(request: HttpRequest) -> str:
    """What the cookie against forged forms holds; it changes when somebody signs in."""
    return str(request.META.get("CSRF_COOKIE") or "")


def _new_learner(browser: str) -> Learner:
    if browser:
        digest = salted_hmac("learning.learners", browser, algorithm="sha256").hexdigest()
        key = uuid.UUID(hex=digest[:32], version=4)
        learner, _is_new = Learner.objects.get_or_create(key=key)
        # Whose it has become meanwhile is nobody's business.
        if learner.user_id is None:
            return learner
    return Learner.objects.create()


def name_learner(visitor: Visitor, session: SessionBase) -> str:
    """Who is counted where learners are: empty for somebody who has left nothing behind."""
    if isinstance(visitor, User):
        return f"account:{visitor.pk}"
    key = key_of(session)
    return "" if key is None else f"learner:{key}"


@transaction.atomic
def adopt_learner(user: User, session: SessionBase) -> None:
    """What was learned before signing in goes along. Where both know something, the account's
    counts; of two notes nothing is lost, until they are as long as notes may become."""
    key = key_of(session)
    session.pop(LEARNER, None)
    visitor = key and Learner.objects.select_for_update().filter(key=key, user=None).first()
    if not visitor:
        return
    account = Learner.objects.select_for_update().filter(user=user).first()
    if account is None:
        visitor.user = user
        visitor.save(update_fields=["user"])
        return
    _merge(visitor, account)
    visitor.delete()


def _merge(visitor: Learner, account: Learner) -> None:
    for rows, same in (
        (visitor.marks, ("concept",)),
        (visitor.attempts, ("quiz", "seed")),
        (visitor.reports, ("version", "kind")),
    ):
        theirs = rows.model.objects.filter(
            learner=account, **{name: OuterRef(name) for name in same}
        )
        rows.exclude(Exists(theirs)).update(learner=account)
    for note in visitor.notes.all():
        _merge_note(note, account)


def _merge_note(note: Note, account: Learner) -> None:
    theirs = Note.objects.filter(learner=account, concept=note.concept_id).first()
    if theirs is None:
        note.learner = account
        note.save(update_fields=["learner"])
    elif note.markdown.strip() and note.markdown != theirs.markdown:
        both = f"{theirs.markdown}\n\n{note.markdown}".strip()
        theirs.markdown = both[:MERGED_NOTE_MAX_CHARACTERS]
        theirs.revision += 1
        theirs.save()


def key_of(session: SessionBase) -> uuid.UUID | None:
    """A session from elsewhere may hold anything."""
    try:
        return uuid.UUID(str(session[LEARNER]))
    except (KeyError, ValueError):
        return None
