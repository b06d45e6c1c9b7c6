"""Mail is sent by workers: a server that is slow to take it keeps no visitor and no seat waiting,
and how long a page takes does not tell who has an account."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from connection_budget.process import process_executor


@shared_task(
    ignore_result=True, autoretry_for=(OSError, SMTPException), max_retries=5, retry_backoff=True
)
def mail_sign_up(user_id: int, is_new: bool) -> int:
    """Tell the owner of an address that somebody signed up with it; return how many mails went."""
    owner = process_executor().run_sync(_get_owner, user_id)
    if owner is None:
        return 0
    email, language = owner
    with translation.override(language):
        subject, text = _describe(is_new=is_new)
    return send_mail(subject, text, None, [email])


def _get_owner(user_id: int) -> tuple[str, str] | None:
    owners = User.objects.filter(pk=user_id, is_active=True)
    return owners.values_list("email", "interface_language").first()


def _describe(*, is_new: bool) -> tuple[str, str]:
    page = settings.SITE_URL + reverse("accounts:login")
    if is_new:
        return _("Your account at Cairn"), _(
            "There is an account with this address at Cairn now. Sign in with the password you "
            "chose: %(page)s\n\nWas it not you? Then nothing else will come."
        ) % {"page": page}
    return _("You have an account at Cairn already"), _(
        "Somebody, perhaps you, signed up at Cairn with this address. You have an account already, "
        "and it stays as it is. Sign in with its password: %(page)s"
    ) % {"page": page}
