from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import SignInForm, SignUpForm
from accounts.limits.refusals import Closed, LimitReached, refuse, take_places
from accounts.limits.rules import address_of, sign_up_windows
from accounts.sign_ins import braked
from accounts.sign_ups import sign_up
from accounts.ways_back import asked_for

ENOUGH = _("Many accounts were made from your network today. You can make one %(when)s.")
SIGNED_UP_AS = "signed_up_as"
CLOSED = _("New accounts are not made here at present.")


class SignInView(LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, Any]:
        """Whoever has just signed up need not type their address again."""
        return super().get_initial() | {"username": self.request.session.get(SIGNED_UP_AS, "")}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        self.request.session.pop(SIGNED_UP_AS, None)
        return super().form_valid(form)

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        return asked_for(request or self.request)


show_sign_in = braked(SignInView.as_view())


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def show_sign_up(request: HttpRequest) -> HttpResponse:
    """Whoever signs up is sent to sign in, be the account new or not: nobody learns which.

    A form with a mistake costs nothing.
    """
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _render(request, form, status=422 if form.is_bound else 200)
    try:
        with take_places(sign_up_windows(address_of(request)), words=ENOUGH, closed=CLOSED):
            sign_up(form)
    except (LimitReached, Closed) as refusal:
        return refuse(request, refusal, lambda words: _render(request, form, words))
    request.session[SIGNED_UP_AS] = form.cleaned_data["email"]
    wanted = {"signed_up": 1} | ({"next": page} if (page := asked_for(request)) else {})
    return redirect(f"{reverse('accounts:login')}?{urlencode(wanted)}")


def _render(
    request: HttpRequest, form: SignUpForm, notice: str = "", *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "notice": notice, "next": asked_for(request)}
    return render(request, "accounts/signup.html", context, status=status)
