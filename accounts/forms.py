from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import SetPasswordMixin
from django.utils.translation import gettext_lazy as _

from accounts.models import EMAIL_MAX_CHARACTERS, User

if TYPE_CHECKING:
    _SetPasswordMixin = SetPasswordMixin[User]
else:  # generic for the type checker only
    _SetPasswordMixin = SetPasswordMixin


class SignUpForm(_SetPasswordMixin, forms.Form):
    """No model form: that would look for an account with this address, and tell."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=EMAIL_MAX_CHARACTERS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password1, password2 = SetPasswordMixin.create_password_fields()

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        self.validate_password_for_user(self._user(), "password2")
        return super().clean()

    def make_user(self) -> User:
        """Not saved yet."""
        user = self._user()
        user.set_password(self.cleaned_data["password1"])
        return user

    def _user(self) -> User:
        return User(email=self.cleaned_data.get("email", "").lower())
