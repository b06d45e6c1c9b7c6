from __future__ import annotations

import functools
import zoneinfo
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordMixin
from django.utils.translation import gettext_lazy as _

from accounts.display import Theme
from accounts.models import EMAIL_MAX_CHARACTERS, InterfaceLanguage, User, validate_mailbox

if TYPE_CHECKING:
    _SetPasswordMixin = SetPasswordMixin[User]
else:  # generic for the type checker only
    _SetPasswordMixin = SetPasswordMixin


class SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.initial.get("username"):
            del self.fields["username"].widget.attrs["autofocus"]
            self.fields["password"].widget.attrs["autofocus"] = True

    def get_invalid_login_error(self) -> forms.ValidationError:
        """Not which of the two is wrong."""
        words = _(
            "No account has this address and this password. Please look at both again; in a "
            "password capital letters count."
        )
        return forms.ValidationError(words, code="invalid_login")


class SignUpForm(_SetPasswordMixin, forms.Form):
    """No model form: that would look for an account with this address, and tell."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=EMAIL_MAX_CHARACTERS,
        validators=[validate_mailbox],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password1, password2 = SetPasswordMixin.create_password_fields()

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        self.validate_password_for_user(self._user(), "password1")
        return super().clean()

    def make_user(self) -> User:
        """Not saved yet."""
        user = self._user()
        user.set_password(self.cleaned_data["password1"])
        return user

    def _user(self) -> User:
        return User(email=self.cleaned_data.get("email", "").lower())


@functools.cache
def _time_zones() -> list[tuple[str, str]]:
    """Without the old names that have no place in them (EST, GMT+5)."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name)
    places = [name for name in names if not name.startswith(("Etc/", "posix/", "right/"))]
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


class DisplayForm(forms.Form):
    """How pages are shown; for those without an account, too."""

    language = forms.ChoiceField(
        label=_("Language of the pages"), choices=InterfaceLanguage.choices
    )
    theme = forms.ChoiceField(label=_("Light or dark"), choices=Theme.choices)


class SettingsForm(DisplayForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_time_zones,
        help_text=_("Times are told in it, and days of learning begin at its midnight."),
    )


class PasswordField(forms.CharField):
    """The password that somebody has, as a word that it is they."""

    def __init__(self) -> None:
        attributes = {"autocomplete": "current-password"}
        super().__init__(
            label=_("Your password"),
            strip=False,
            widget=forms.PasswordInput(attrs=attributes),
        )


class ConfirmedForm(forms.Form):
    """What nobody does to an account who only found its browser open."""

    password = PasswordField()

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."), code="wrong")
        return password


class EmailForm(ConfirmedForm):
    """It does not look for accounts with the new address: that would tell of them."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=EMAIL_MAX_CHARACTERS,
        validators=[validate_mailbox],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("email", "password")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        if email == self.user.email.lower():
            raise forms.ValidationError(_("This is your address already."), code="same")
        return email


class ResetForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=EMAIL_MAX_CHARACTERS,
        validators=[validate_mailbox],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
