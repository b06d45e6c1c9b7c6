"""What may be done to a roadmap as a whole: to say who sees it, to copy it, to delete it."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.limits.refusals import Closed, LimitReached, refuse
from accounts.limits.rules import address_of
from generation.runs.removal import delete_roadmap
from learning.learners import browser_of
from learning.sharing.forking import fork_roadmap
from learning.sharing.visibility import set_visibility
from roadmaps.access import (
    get_changeable_roadmap,
    get_owned_roadmap,
    get_visible_roadmap,
    keep_to_visitors,
)
from roadmaps.makers import made_roadmaps
from roadmaps.models import Roadmap, Visibility

only = require_http_methods(["GET", "HEAD", "POST"])

HELP = {
    Visibility.PRIVATE: _("Only you see it, and those who run this site."),
    Visibility.UNLISTED: _("Whoever has its address can read it. Nobody finds it otherwise."),
    Visibility.PUBLIC: _("Everybody can read it; it is listed on the first page once it is ready."),
}


class VisibilityForm(forms.Form):
    visibility = forms.ChoiceField(label=_("Who can see it"), choices=Visibility.choices)

    def options(self) -> list[dict[str, object]]:
        """For the page: each with what it means."""
        chosen = self["visibility"].value()
        return [
            {"value": one.value, "label": one.label, "help": HELP[one], "on": one == chosen}
            for one in Visibility
        ]


@only
@never_cache
def show_visibility(request: HttpRequest, slug: str) -> HttpResponse:
    roadmap = get_owned_roadmap(request.user, slug)
    if request.method == "POST":
        form = VisibilityForm(request.POST)
        if form.is_valid():
            roadmap = set_visibility(roadmap, Visibility(form.cleaned_data["visibility"]))
            page = reverse("learning:visibility", args=[roadmap.slug])
            return redirect(f"{page}?saved=1")
    else:
        form = VisibilityForm(initial={"visibility": roadmap.visibility})
    context = {
        "roadmap": roadmap,
        "form": form,
        "address": settings.SITE_URL + roadmap.get_absolute_url(),
        "saved": "saved" in request.GET,
    }
    status = 422 if form.is_bound else 200
    response = render(request, "learning/sharing/visibility.html", context, status=status)
    return keep_to_visitors(response, roadmap)


@only
@never_cache
def show_fork(request: HttpRequest, slug: str) -> HttpResponse:
    roadmap = get_visible_roadmap(request.user, slug)
    if request.method != "POST":
        return _show_fork(request, roadmap)
    try:
        copy = fork_roadmap(
            roadmap,
            request.user,
            request.session,
            address=address_of(request),
            browser=browser_of(request),
        )
    except (LimitReached, Closed) as refusal:
        return refuse(request, refusal, lambda words: _show_fork(request, roadmap, words))
    return redirect(copy)


def _show_fork(request: HttpRequest, roadmap: Roadmap, notice: str = "") -> HttpResponse:
    context = {"roadmap": roadmap, "notice": notice}
    return keep_to_visitors(render(request, "learning/sharing/fork.html", context), roadmap)


@only
@never_cache
def show_removal(request: HttpRequest, slug: str) -> HttpResponse:
    roadmap = get_changeable_roadmap(request.user, slug, made_roadmaps(request.session))
    if request.method == "POST":
        delete_roadmap(roadmap.pk)
        return redirect("learning:home")
    response = render(request, "learning/sharing/delete.html", {"roadmap": roadmap})
    return keep_to_visitors(response, roadmap)
