"""How pages are shown to somebody: language, time zone, light or dark.

An account's choice goes before the browser's: a cookie, then what the browser asks for. The cookie
is written along, so that pages without an account (errors, the page after signing out) look alike.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext_lazy as _

from accounts.limits.refusals import time_zone_of
from accounts.models import InterfaceLanguage, User

THEME_COOKIE = "theme"
COOKIE_SECONDS = 365 * 86_400
# Asked by machines, also while no database answers: they have no visitor.
_NO_VISITORS = ("connection_budget.",)


class Theme(TextChoices):
    SYSTEM = "system", _("as the system")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


def theme_of(request: HttpRequest) -> str:
    """“light” or “dark” where somebody chose; else nothing, and the system decides."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in {Theme.LIGHT, Theme.DARK} else ""


def describe_display(request: HttpRequest) -> dict[str, Any]:
    """For every page (a context processor)."""
    return {"display_theme": theme_of(request)}


def keep_theme(response: HttpResponse, theme: str) -> None:
    if theme in {Theme.LIGHT, Theme.DARK}:
        _set_cookie(response, THEME_COOKIE, theme)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")


def keep_language(response: HttpResponseBase, language: str) -> None:
    if language in InterfaceLanguage.values:
        _set_cookie(response, settings.LANGUAGE_COOKIE_NAME, language)


def _set_cookie(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


class DisplayMiddleware(MiddlewareMixin):
    """Behind authentication. What LocaleMiddleware found out stands where nobody is signed in."""

    def process_view(self, request: HttpRequest, view: Any, *_rest: Any) -> None:
        if getattr(view, "__module__", "").startswith(_NO_VISITORS):
            return
        if not isinstance(user := request.user, User) or not user.is_authenticated:
            return
        if user.interface_language in InterfaceLanguage.values:
            translation.activate(user.interface_language)
            request.LANGUAGE_CODE = user.interface_language
        if (zone := time_zone_of(request)) is not None:
            timezone.activate(zone)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        timezone.deactivate()
        language = getattr(request, "LANGUAGE_CODE", "")
        if _was_chosen(request, language):
            keep_language(response, language)
        return response


def _was_chosen(request: HttpRequest, language: str) -> bool:
    """By an account, and the browser does not know it yet. Asks the database nothing."""
    # Django keeps whom it has looked up under this name.
    user = getattr(request, "_cached_user", None)
    if not isinstance(user, User) or user.interface_language != language:
        return False
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != language
