"""The brake on passwords: every page that takes one goes through it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.limits.refusals import LimitReached, refuse, take_places
from accounts.limits.rules import address_of, sign_in_windows
from accounts.models import EMAIL_MAX_CHARACTERS
from accounts.ways_back import asked_for

ENOUGH = _("That were many wrong passwords. You can try again %(when)s.")

View = Callable[..., Any]


def braked(sign_in: View) -> View:
    """`sign_in`, a view that answers a right `password` of `username` with a redirect.

    Failures are counted for the address and for the account, whether or not there is such a one,
    so a refusal tells nothing. A place is taken before the password is looked at: many at once get
    no more tries than one after the other. The right password gives it back.
    """

    @functools.wraps(sign_in)
    def view(request: HttpRequest, *arguments: Any, **options: Any) -> Any:
        account = request.POST.get("username", "")
        if not (account.strip() and request.POST.get("password")):
            return sign_in(request, *arguments, **options)
        windows = sign_in_windows(address_of(request), account)
        try:
            places = take_places(windows, words=ENOUGH, closed=ENOUGH)
        except LimitReached as reached:
            return refuse(request, reached, functools.partial(_show, request, account))
        with places:
            response = sign_in(request, *arguments, **options)
            if response.status_code == 302:
                places.give_back()
        return response

    return view


def confirmed(page: View) -> View:
    """`page(request, notice="")` of somebody signed in, who says their password in its form (as
    `password` or `old_password`). Whoever finds a browser open may not try passwords in it."""

    @functools.wraps(page)
    def view(request: HttpRequest) -> Any:
        said = request.POST.get("password") or request.POST.get("old_password")
        if not said:
            return page(request)
        windows = sign_in_windows(address_of(request), request.user.get_username())
        try:
            places = take_places(windows, words=ENOUGH, closed=ENOUGH)
        except LimitReached as reached:
            return refuse(request, reached, lambda words: page(request, notice=words))
        with places:
            response = page(request)
            if response.status_code == 302:
                places.give_back()
        return response

    return view


def _show(request: HttpRequest, account: str, notice: str) -> HttpResponse:
    form = AuthenticationForm(request, initial={"username": account[:EMAIL_MAX_CHARACTERS]})
    context = {"form": form, "notice": notice, "next": asked_for(request)}
    return render(request, "accounts/login.html", context)
