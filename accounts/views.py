from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import SignUpForm


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account, signed in at once."""
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.save())
        return redirect(_next_page(request) or settings.LOGIN_REDIRECT_URL)
    context = {"form": form, "next": _next_page(request)}
    return render(request, "accounts/signup.html", context, status=422 if form.errors else 200)


def _next_page(request: HttpRequest) -> str:
    """Where the visitor wanted to go, if that is here."""
    page = request.POST.get("next") or request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if here else ""
