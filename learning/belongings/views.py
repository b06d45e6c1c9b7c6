"""What somebody has here: to take it along, or to have it deleted."""

from __future__ import annotations

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import ConfirmedForm
from accounts.limits.refusals import Closed, LimitReached, refuse, take_places
from accounts.limits.rules import export_windows
from accounts.models import User
from accounts.sign_ins import confirmed
from learning.belongings.export import export_account
from learning.belongings.leaving import count_belongings, delete_account

ENOUGH = _("You have downloaded your data several times already. You can do it again %(when)s.")


class DeletionForm(ConfirmedForm):
    with_public = forms.BooleanField(
        label=_("Delete my public roadmaps, too; others can then no longer read them"),
        required=False,
    )
    field_order = ("with_public", "password")


@require_safe
@never_cache
@login_required
def export(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    try:
        take_places(export_windows(request.user.pk), words=ENOUGH, closed=ENOUGH)
    except (LimitReached, Closed) as refusal:
        page = "accounts/refused.html"
        return refuse(request, refusal, lambda words: render(request, page, {"notice": words}))
    answer = JsonResponse(
        export_account(request.user), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="cairn.json"'
    return answer


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@confirmed
def show_deletion(request: HttpRequest, notice: str = "") -> HttpResponse:
    assert isinstance(request.user, User)
    user = request.user
    form = DeletionForm(user, request.POST if request.method == "POST" and not notice else None)
    if form.is_valid():
        delete_account(User.objects.get(pk=user.pk), with_public=form.cleaned_data["with_public"])
        logout(request)
        return redirect("learning:account_deleted")
    context = {"form": form, "notice": notice, "has": count_belongings(user)}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/delete.html", context, status=status)


@require_safe
def show_deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/deleted.html")
