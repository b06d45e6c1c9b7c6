"""The link that confirms a new e-mail address: signed, for a day, for one wish and once."""

from __future__ import annotations

import hashlib

from django.core import signing

from accounts.models import User

SALT = "accounts.email_links"
LINK_SECONDS = 86_400


def make_link_token(user: User) -> str:
    return signing.dumps([user.pk, _seal(user)], salt=SALT)


def find_wish(token: str) -> User | None:
    """Whose wish a token is for; None where it is old, used, or was overtaken by another."""
    try:
        user_id, seal = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=user_id, is_active=True).exclude(wanted_email="").first()
    return user if user is not None and seal == _seal(user) else None


def _seal(user: User) -> str:
    """Changes with either address and with the password."""
    parts = f"{user.email}\n{user.wanted_email}\n{user.password}"
    return hashlib.sha256(parts.encode()).hexdigest()[:32]
