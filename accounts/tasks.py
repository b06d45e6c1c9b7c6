"""Mail is sent by workers: a server that is slow to take it keeps no visitor and no seat waiting,
and how long a page takes does not tell who has an account."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task
from django.core.mail import send_mail
from django.utils import translation

from accounts import mails
from accounts.email_links import make_link_token
from accounts.models import User, has_email
from connection_budget.process import process_executor


@shared_task(
    ignore_result=True, autoretry_for=(OSError, SMTPException), max_retries=5, retry_backoff=True
)
def mail_sign_up(user_id: int, is_new: bool) -> int:
    """Tell the owner of an address that somebody signed up with it; return how many mails went."""
    owner = process_executor().run_sync(_get_owner, user_id)
    if owner is None:
        return 0
    with translation.override(owner.interface_language):
        subject, text = mails.tell_of_sign_up(is_new=is_new)
    return send_mail(subject, text, None, [owner.email])


@shared_task(
    ignore_result=True, autoretry_for=(OSError, SMTPException), max_retries=5, retry_backoff=True
)
def mail_reset(user_id: int) -> int:
    """Nobody has the number 0: asked for an address without an account, we work as much."""
    owner = process_executor().run_sync(_get_owner, user_id)
    if owner is None or not owner.has_usable_password():
        return 0
    with translation.override(owner.interface_language):
        subject, text = mails.offer_reset(owner)
    return send_mail(subject, text, None, [owner.email])


@shared_task(
    ignore_result=True, autoretry_for=(OSError, SMTPException), max_retries=5, retry_backoff=True
)
def mail_new_address(user_id: int) -> int:
    """To the address that an account wants: a link, or a word to the account that has it."""
    owner = process_executor().run_sync(_get_owner, user_id)
    if owner is None or not owner.wanted_email:
        return 0
    other = process_executor().run_sync(_find_by_address, owner.wanted_email)
    with translation.override((other or owner).interface_language):
        if other is None:
            subject, text = mails.confirm_address(make_link_token(owner))
        else:
            subject, text = mails.tell_the_other()
    return send_mail(subject, text, None, [owner.wanted_email])


@shared_task(
    ignore_result=True, autoretry_for=(OSError, SMTPException), max_retries=5, retry_backoff=True
)
def mail_wish(user_id: int) -> int:
    """To the address that an account has: whoever took it over must not do so in silence."""
    owner = process_executor().run_sync(_get_owner, user_id)
    if owner is None:
        return 0
    with translation.override(owner.interface_language):
        subject, text = mails.tell_of_wish(owner.wanted_email)
    return send_mail(subject, text, None, [owner.email])


def _get_owner(user_id: int) -> User | None:
    return User.objects.filter(pk=user_id, is_active=True).first()


def _find_by_address(email: str) -> User | None:
    return User.objects.filter(has_email(email)).first()
