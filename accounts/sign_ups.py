"""A new account, or a word to the owner of the one there is: who asked cannot tell which."""

from __future__ import annotations

from functools import partial

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from kombu.exceptions import OperationalError

from accounts import tasks
from accounts.forms import SignUpForm
from accounts.limits.rules import counted, sign_up_mail_windows
from accounts.limits.windows import Full
from accounts.models import InterfaceLanguage, User, has_email

log = structlog.get_logger(__name__)


def sign_up(form: SignUpForm) -> None:
    """Both ways take the same steps: a hash, an insertion, a message for a worker that mails."""
    user = form.make_user()
    if (language := get_language()) in InterfaceLanguage.values:
        user.interface_language = language
    is_new = True
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        is_new = False
    owner = User.objects.filter(has_email(user.email)).first()
    if owner is not None:
        transaction.on_commit(partial(_have_mailed, owner.pk, is_new=is_new))


def _have_mailed(user_id: int, *, is_new: bool) -> None:
    """At most a few a day, lest strangers fill somebody's mailbox."""
    try:
        counted().take(*sign_up_mail_windows(user_id))
        tasks.mail_sign_up.apply_async((user_id, is_new), retry=False)
    except Full:
        log.info("sign_up_not_mailed", user=user_id)
    except OperationalError as error:
        log.warning("sign_up_not_mailed", user=user_id, error=str(error))
