"""The door of the staff's pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def staff_only(view: View[P]) -> View[P]:
    """Visitors may sign in first; to other people with an account the page does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_staff:
            return view(request, *args, **kwargs)
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(_way_back(request))

    return never_cache(guarded)


def _way_back(request: HttpRequest) -> str:
    """What was asked for, unless it was to do something: a redirect cannot repeat that."""
    is_page = request.method in {"GET", "HEAD"}
    return request.get_full_path() if is_page else reverse("operations:board")
