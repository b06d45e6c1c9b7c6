"""One page for whoever works on pages. It asks the database for nothing but who is signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.display import Theme, theme_of
from accounts.limits.refusals import LimitReached, refuse
from learning import errors
from learning.progress.pace import TOO_FAST
from learning.styleguide.components import list_components

Answer = Callable[[HttpRequest], HttpResponse]


@require_safe
def show_styleguide(request: HttpRequest) -> HttpResponse:
    """`?theme=dark` shows it so, without changing what is kept of the visitor."""
    theme = request.GET.get("theme", theme_of(request))
    components = [
        (
            component.name,
            [
                (sample, sample.render(f"{number}-{place}"))
                for place, sample in enumerate(component.samples, start=1)
            ],
        )
        for number, component in enumerate(list_components(), start=1)
    ]
    context = {
        "components": components,
        "themes": Theme.choices,
        "errors": _ERRORS,
        "display_theme": theme if theme in {Theme.LIGHT, Theme.DARK} else "",
    }
    return render(request, "learning/styleguide/page.html", context)


def _refuse(request: HttpRequest) -> HttpResponse:
    refusal = LimitReached(TOO_FAST, 40)
    page = "accounts/refused.html"
    return refuse(request, refusal, lambda words: render(request, page, {"notice": words}))


_ERRORS: dict[int, Answer] = {
    400: errors.show_bad_request,
    403: lambda request: errors.show_forbidden(request, PermissionError()),
    404: lambda request: errors.show_not_found(request, Http404()),
    408: lambda request: errors.show_cut_off(request, 408),
    413: lambda request: errors.show_cut_off(request, 413),
    429: _refuse,
    500: errors.show_server_error,
    503: errors.show_unavailable,
}


@require_safe
def show_error(request: HttpRequest, status: int) -> HttpResponse:
    """What is seen when things go wrong, without their going wrong."""
    if status not in _ERRORS:
        raise Http404
    return _ERRORS[status](request)
