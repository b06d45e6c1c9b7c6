from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.forms import BaseUserCreationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User

if TYPE_CHECKING:
    _CreationForm = BaseUserCreationForm[User]
else:  # generic for the type checker only
    _CreationForm = BaseUserCreationForm


class SignUpForm(_CreationForm):
    class Meta:
        model = User
        fields: ClassVar = ["email"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("There is an account with this address. Sign in instead."))
        return email
