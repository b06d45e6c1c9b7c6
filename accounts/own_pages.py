"""The pages where people look after their account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import link_mails
from accounts.display import Theme, keep_language, keep_theme, theme_of
from accounts.email_links import find_wish
from accounts.forms import DisplayForm, EmailForm, SettingsForm
from accounts.limits.refusals import Closed, LimitReached, refuse, take_places
from accounts.limits.rules import address_of, link_asking_windows
from accounts.models import User
from accounts.sign_ins import confirmed
from accounts.ways_back import page_of_ours

# What a page says on top after it was come back to.
DONE = {
    "settings": _("Saved."),
    "password": _("Your password is changed. Other browsers are signed out."),
    "asked": _(
        "A link was sent to the new address, if it can be used. Follow it within a day; until then "
        "your address stays as it is."
    ),
    "email": _("Your address is changed. Sign in with it from now on."),
}
ENOUGH = _("Many links were asked for from your network today. You can ask again %(when)s.")

only = require_http_methods


@only(["GET", "HEAD", "POST"])
@login_required
def show_settings(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = SettingsForm(_data(request), initial=_display_of(request, user))
    if form.is_valid():
        user.interface_language = form.cleaned_data["language"]
        user.time_zone = form.cleaned_data["time_zone"]
        user.save(update_fields=["interface_language", "time_zone"])
        return _keep(form, _settings("settings"))
    context = {"done": DONE.get(request.GET.get("done", ""), ""), "next": ""}
    return _show(request, "accounts/settings.html", form, **context)


@only(["GET", "HEAD", "POST"])
def show_display(request: HttpRequest) -> HttpResponse:
    """For those without an account; it leads back to where somebody came from."""
    if request.user.is_authenticated:
        return redirect("accounts:settings")
    form = DisplayForm(_data(request), initial=_display_of(request, None))
    if form.is_valid():
        return _keep(form, redirect(_came_from(request, request.POST.get("next", ""))))
    came_from = request.POST.get("next") or request.headers.get("Referer", "")
    return _show(request, "accounts/display.html", form, next=_came_from(request, came_from))


@sensitive_post_parameters()
@only(["GET", "HEAD", "POST"])
@login_required
@confirmed
def show_password_change(request: HttpRequest, notice: str = "") -> HttpResponse:
    form = PasswordChangeForm(_user(request), None if notice else _data(request))
    if form.is_valid():
        user = form.save()
        update_session_auth_hash(request, user)
        return _settings("password")
    return _show(request, "accounts/password_change.html", form, notice=notice)


@sensitive_post_parameters()
@only(["GET", "HEAD", "POST"])
@login_required
@confirmed
def show_email_change(request: HttpRequest, notice: str = "") -> HttpResponse:
    form = EmailForm(_user(request), None if notice else _data(request))
    if not form.is_valid():
        return _show(request, "accounts/email_change.html", form, notice=notice)
    try:
        with take_places(link_asking_windows(address_of(request)), words=ENOUGH, closed=ENOUGH):
            link_mails.want_address(_user(request), form.cleaned_data["email"])
    except (LimitReached, Closed) as refusal:
        page = "accounts/email_change.html"
        return refuse(request, refusal, lambda words: _show(request, page, form, notice=words))
    return _settings("asked")


@only(["GET", "HEAD", "POST"])
@never_cache
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """A button, for programs that look into mails follow links. Whoever has the link need not be
    signed in."""
    user = find_wish(token)
    if user is None or (request.method == "POST" and not link_mails.take_address(user)):
        return render(request, "accounts/link_used.html", status=410)
    if request.method == "POST":
        return _settings("email")
    return render(request, "accounts/email_confirm.html", {"email": user.wanted_email})


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _show(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, template, {"form": form, **context}, status=status)


def _settings(done: str) -> HttpResponse:
    return redirect(f"{reverse('accounts:settings')}?done={done}")


def _display_of(request: HttpRequest, user: User | None) -> dict[str, str]:
    return {
        "language": user.interface_language if user else get_language() or "en",
        "theme": theme_of(request) or Theme.SYSTEM,
        "time_zone": user.time_zone if user else "",
    }


def _keep(form: Form, response: HttpResponse) -> HttpResponse:
    keep_theme(response, form.cleaned_data["theme"])
    keep_language(response, form.cleaned_data["language"])
    return response


def _came_from(request: HttpRequest, page: str) -> str:
    """A page of this site, and not this page; else the first one."""
    page = page_of_ours(request, page)
    return page if page and reverse("accounts:display") not in page else "/"
