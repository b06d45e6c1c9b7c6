"""The user of a session, for those who have no request: web sockets."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.models import User


def get_user_of_session(session_key: str | None) -> User | AnonymousUser:
    """Who is signed in there, by Django's own checks (password changed since, account closed)."""
    if not session_key:
        return AnonymousUser()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    assert isinstance(user, User | AnonymousUser)
    return user
