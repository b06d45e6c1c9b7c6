"""The user model. People sign in with their e-mail address; there is no user name."""

from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

EMAIL_MAX_CHARACTERS = 254
# More fits into no column.
MOST_TOKENS_PER_DAY = 10**15


class InterfaceLanguage(models.TextChoices):
    ENGLISH = "en", "English"
    SIMPLIFIED_CHINESE = "zh-hans", "简体中文"


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a known time zone."), params={"name": name})


def has_email(email: str) -> Exact:
    """The condition of being the account with an address, with the very folding of the constraint
    that lets there be one. Upper case makes one letter of s and ſ, of i and ı: whoever signed up
    with the other would have shut the first one out."""
    return Exact(Lower("email"), Lower(models.Value(email)))


def validate_mailbox(email: str) -> None:
    """Before the @ it is ASCII: Django's pattern lets through İ, ı, ſ and the sign of kelvin."""
    if not email.rpartition("@")[0].isascii():
        raise ValidationError(EmailValidator.message, code="invalid")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(has_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    username = None  # type: ignore[assignment]  # Django's way of dropping an inherited field
    email = models.EmailField(_("e-mail address"), max_length=EMAIL_MAX_CHARACTERS, unique=True)
    # What it is to become once the link that was sent there is followed.
    wanted_email = models.EmailField(
        _("wanted e-mail address"),
        max_length=EMAIL_MAX_CHARACTERS,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    interface_language = models.CharField(
        _("interface language"),
        max_length=16,
        choices=InterfaceLanguage.choices,
        default=InterfaceLanguage.ENGLISH,
    )
    # What may be spent on what this person has written, each UTC day; empty: what all may.
    max_tokens_per_day = models.PositiveBigIntegerField(
        _("most tokens a day"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_TOKENS_PER_DAY)],
        help_text=_("Empty: what every account may (USER_MAX_TOKENS_PER_DAY). 0: nothing."),
    )
    max_cost_usd_per_day = models.DecimalField(
        _("most US dollars a day"),
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: what every account may (USER_MAX_COST_USD_PER_DAY). 0: nothing."),
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            # Addresses differ in more than case, or they are one person's.
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
        ]

    def __str__(self) -> str:
        return self.email
