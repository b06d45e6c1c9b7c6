"""One page for whoever works on pages. It asks the database for nothing but who is signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.display import Theme, theme_of
from learning.styleguide.components import list_components


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
        "display_theme": theme if theme in {Theme.LIGHT, Theme.DARK} else "",
    }
    return render(request, "learning/styleguide/page.html", context)
