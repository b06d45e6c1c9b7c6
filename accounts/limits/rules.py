"""What is limited, for whom. The numbers are settings, named like their variables."""

from __future__ import annotations

import functools
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.limits.addresses import visitors_network
from accounts.limits.windows import Window, Windows

MINUTE, DAY = 60, 86_400
# So long counts the socket of a process that died.
SOCKET_LEASE_SECONDS = 90
SIGN_UP_MAILS_PER_DAY = 3
# Of links to a new password and to a new address: to one account, and asked from one address.
LINKS_PER_DAY = 5
LINKS_PER_ADDRESS_PER_DAY = 30
EXPORTS_PER_DAY = 10
# What stopped goes on without being ordered anew, but each time a model may be asked for it.
GOING_ON_PER_DAY = 20
# Somebody who moves a concept a minute all day, and some.
PLAN_CHANGES_PER_DAY = 2_000
# Learners of one address who all answer as fast as one may.
ANSWERING_AT_ONCE = 10


@functools.cache
def counted() -> Windows:
    """The windows of this process; it shares them with all others where LIMITS_REDIS_URL is set."""
    return Windows(settings.LIMITS_REDIS_URL)


def address_of(request: HttpRequest) -> str:
    """The network that a request counts for."""
    return visitors_network(
        request.META.get("REMOTE_ADDR") or "",
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=settings.TRUSTED_PROXIES,
    )


def session_digest_of(counted_as: str) -> str:
    return _digest_of(f"session {counted_as}")


def _digest_of(whose: str) -> str:
    return salted_hmac("accounts.limits", whose, algorithm="sha256").hexdigest()[:32]


@dataclass(frozen=True)
class Person:
    """Who orders: an account, or a visitor, who is a session and an address: both count."""

    account: int | None
    session: str
    address: str

    @property
    def address_digest(self) -> str:
        """What rows may keep of an address: enough to know it again, not enough to find it out."""
        return _digest_of(self.address)

    @property
    def session_digest(self) -> str:
        """The same of a session."""
        return session_digest_of(self.session)

    @property
    def names(self) -> list[str]:
        """In whose names an order is made; no two at a time in the same."""
        if self.account is not None:
            return [f"account:{self.account}"]
        return [f"session:{self.session}", f"address:{self.address}"]


def order_windows(person: Person) -> Sequence[Window]:
    by_address = _window(
        "orders", f"address:{person.address}", settings.ORDERS_PER_ADDRESS_PER_DAY, DAY
    )
    most = settings.USER_ROADMAPS_PER_DAY
    if person.account is None:
        most = settings.ANONYMOUS_ROADMAPS_PER_DAY
    return [_window("roadmaps", name, most, DAY) for name in person.names] + [by_address]


def going_on_windows(person: Person) -> Sequence[Window]:
    return [_window("going-on", name, GOING_ON_PER_DAY, DAY) for name in person.names]


def plan_change_windows(person: Person) -> Sequence[Window]:
    """Of changes to plans that wait for a word. An address, a school's, may have ten times as
    many."""
    most = PLAN_CHANGES_PER_DAY
    by_address = f"address:{person.address}"
    return [
        _window("plan-changes", person.names[0], most, DAY),
        _window("plan-changes", by_address, ANSWERING_AT_ONCE * most, DAY),
    ]


def sign_in_windows(address: str, account: str) -> Sequence[Window]:
    """Of failures. Accounts are counted by what was typed, whether or not there is such a one."""
    most = settings.SIGN_INS_PER_MINUTE
    return [
        _window("sign-ins", f"address:{address}", most, MINUTE),
        _window("sign-ins", f"account:{_folded(account)}", most, MINUTE),
    ]


def _folded(mailbox: str) -> str:
    """As the database compares addresses, and a little further: one account, one name."""
    return unicodedata.normalize("NFKC", mailbox[:1_000]).strip().upper().casefold()


def sign_up_windows(address: str) -> Sequence[Window]:
    return [_window("sign-ups", f"address:{address}", settings.SIGN_UPS_PER_ADDRESS_PER_DAY, DAY)]


def sign_up_mail_windows(account: int) -> Sequence[Window]:
    """Of the mails that others can have sent to somebody by signing up with that address."""
    return [_window("sign-up-mails", f"account:{account}", SIGN_UP_MAILS_PER_DAY, DAY)]


def link_asking_windows(address: str) -> Sequence[Window]:
    """Of asking for a mail with a link, whoever it goes to."""
    return [_window("links", f"address:{address}", LINKS_PER_ADDRESS_PER_DAY, DAY)]


def link_mail_windows(mailbox: str) -> Sequence[Window]:
    """Of the mails that strangers can have sent to one address."""
    return [_window("links", f"mailbox:{_folded(mailbox)}", LINKS_PER_DAY, DAY)]


def export_windows(account: int) -> Sequence[Window]:
    return [_window("exports", f"account:{account}", EXPORTS_PER_DAY, DAY)]


def answer_windows(learner: str, address: str) -> Sequence[Window]:
    """Of what learners send: answers and marks. Whoever is not known yet is counted by address, as
    strictly as one learner; of those who are known an address, a school's, may have ten."""
    most = settings.ANSWERS_PER_MINUTE
    if not learner:
        return [_window("first-answers", f"address:{address}", most, MINUTE)]
    return [
        _window("answers", learner, most, MINUTE),
        _window("answers", f"address:{address}", ANSWERING_AT_ONCE * most, MINUTE),
    ]


def address_of_socket(scope: Mapping[str, Any]) -> str:
    """The network that a web socket counts for."""
    forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    peer = scope.get("client") or ("",)
    return visitors_network(
        str(peer[0]), b",".join(forwarded).decode("latin-1"), proxies=settings.TRUSTED_PROXIES
    )


def socket_windows(session: str | None, address: str) -> Sequence[Window]:
    """Of sockets that are open. A visitor without a session is known by address alone."""
    windows = [
        _window("sockets", f"address:{address}", settings.SOCKETS_PER_ADDRESS, SOCKET_LEASE_SECONDS)
    ]
    if session:
        most = settings.SOCKETS_PER_SESSION
        windows.append(_window("sockets", f"session:{session}", most, SOCKET_LEASE_SECONDS))
    return windows


def _window(what: str, whose: str, most: int, seconds: int) -> Window:
    """Its key has one length, whoever asks, and tells of nobody."""
    digest = hashlib.sha256(whose.encode("utf-8", "replace")).hexdigest()[:32]
    return Window(f"cairn:limits:{what}:{digest}", most, seconds)
