"""Links by mail: to a new password, and to another address, which counts once one is followed.

Whoever asks learns nothing of accounts: there or not, the same is said and done here.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError

from accounts import tasks
from accounts.limits.rules import counted, link_mail_windows
from accounts.limits.windows import Full
from accounts.models import User, has_email

log = structlog.get_logger(__name__)


def want_address(user: User, email: str) -> None:
    """Have the link mailed, and the old address told; a wish before this one is void."""
    user.wanted_email = email
    with transaction.atomic():
        user.save(update_fields=["wanted_email"])
        transaction.on_commit(partial(_have_mailed, user.pk, email))


def take_address(user: User) -> bool:
    """Make the wanted address the account's; False where another account has it by now."""
    user.email, user.wanted_email = user.wanted_email, ""
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "wanted_email"])
    except IntegrityError:
        return False
    return True


def ask_for_reset(email: str) -> None:
    """Whether there is such an account or not, the same steps are taken."""
    found = User.objects.filter(has_email(email), is_active=True).values_list("pk", flat=True)
    _enqueue(tasks.mail_reset, found.first() or 0, email)


def _have_mailed(user_id: int, email: str) -> None:
    _enqueue(tasks.mail_new_address, user_id, email)
    _enqueue(tasks.mail_wish, user_id, f"wish of {user_id}")


def _enqueue(task: Any, user_id: int, mailbox: str) -> None:
    """A few a day, lest strangers fill somebody's mailbox."""
    try:
        counted().take(*link_mail_windows(mailbox))
        task.apply_async((user_id,), retry=False)
    except Full:
        log.info("link_not_mailed", task=task.name, user=user_id)
    except OperationalError as error:
        log.warning("link_not_mailed", task=task.name, user=user_id, error=str(error))
