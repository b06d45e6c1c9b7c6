"""A new password for whoever can read the mail of an account."""

from __future__ import annotations

from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import link_mails
from accounts.forms import ResetForm
from accounts.limits.refusals import Closed, LimitReached, refuse, take_places
from accounts.limits.rules import address_of, link_asking_windows

ENOUGH = _("Many links were asked for from your network today. You can ask again %(when)s.")

show_reset_confirm = PasswordResetConfirmView.as_view(
    template_name="accounts/reset_confirm.html",
    success_url=reverse_lazy("accounts:reset_complete"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def show_reset(request: HttpRequest) -> HttpResponse:
    """Whether there is such an account or not, the same is said and done."""
    form = ResetForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _render(request, form, status=422 if form.is_bound else 200)
    try:
        with take_places(link_asking_windows(address_of(request)), words=ENOUGH, closed=ENOUGH):
            link_mails.ask_for_reset(form.cleaned_data["email"].strip().lower())
    except (LimitReached, Closed) as refusal:
        return refuse(request, refusal, lambda words: _render(request, form, words))
    return redirect("accounts:reset_asked")


def _render(
    request: HttpRequest, form: ResetForm, notice: str = "", *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "notice": notice}
    return render(request, "accounts/reset.html", context, status=status)
