"""The way back: who signs in, or up, is afterwards where they were before."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

# No address of ours is longer but those of a search or a goal, and nobody misses these.
NEXT_MAX_CHARACTERS = 2_000
# Pages on the way in: nobody wants back there, and it would be a way round and round.
_DOORS = ("login", "logout", "signup", "reset")


def asked_for(request: HttpRequest) -> str:
    """The page that `next` names, if it is one of ours; else nothing."""
    page = request.POST.get("next") or request.GET.get("next", "")
    return page if _leads_back(request, page) else ""


def find_way_back(request: HttpRequest) -> str:
    """Where a link to the way in leads back to: this page, or on that way what was asked for. Forms
    are answered at addresses that are no pages: then it is where the form was."""
    if _is_door(request.path):
        return asked_for(request)
    page = request.get_full_path()
    if request.method not in {"GET", "HEAD"}:
        came_from = urlsplit(page_of_ours(request, request.headers.get("Referer", "")))
        page = came_from._replace(scheme="", netloc="", fragment="").geturl()
    # The first page is where signing in leads anyway.
    return page if page != "/" and _leads_back(request, page) else ""


def describe_way_back(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """For every page (a context processor); asked where a page has such a link."""
    return {"way_back": lambda: find_way_back(request)}


def _leads_back(request: HttpRequest, page: str) -> bool:
    return bool(page_of_ours(request, page)) and not _is_door(urlsplit(page).path)


def page_of_ours(request: HttpRequest, page: str) -> str:
    """The page, where it is one of this site and told from its beginning; else nothing."""
    here = len(page) <= NEXT_MAX_CHARACTERS and url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # A path that is told from where one is would lead elsewhere after each redirection.
    return page if here and urlsplit(page).path.startswith("/") else ""


def _is_door(path: str) -> bool:
    return path.startswith(tuple(reverse(f"accounts:{door}") for door in _DOORS))
