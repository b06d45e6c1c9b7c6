from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.translation import gettext_lazy as _

from accounts.admin_rules import DeletesWhole
from accounts.limits.dollars import why_not
from accounts.models import User, has_email

# Generic for the type checker only.
if TYPE_CHECKING:
    _UserAdmin = DjangoUserAdmin[User]
    _CreationForm = AdminUserCreationForm[User]
    _ChangeForm = UserChangeForm[User]
else:
    _UserAdmin, _CreationForm, _ChangeForm = DjangoUserAdmin, AdminUserCreationForm, UserChangeForm


class EmailMixin(forms.Form):
    """One address is one person, however it is written."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        others = User.objects.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]  # a model form's
        if others.filter(has_email(email)).exists():
            raise forms.ValidationError(_("Somebody else has this address."))
        return email


class UserCreationForm(EmailMixin, _CreationForm):
    class Meta:
        model = User
        fields = ("email",)


class UserForm(EmailMixin, _ChangeForm):
    """A limit that nobody can keep is refused here, where it is set."""

    def clean_max_cost_usd_per_day(self) -> Decimal | None:
        limit: Decimal | None = self.cleaned_data["max_cost_usd_per_day"]
        is_new = "max_cost_usd_per_day" in self.changed_data
        if limit and is_new and (reason := why_not()):
            raise forms.ValidationError(reason)
        return limit

    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(DeletesWhole, _UserAdmin):
    form = UserForm
    add_form = UserCreationForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "interface_language", "groups")
    search_fields = ("email", "first_name", "last_name")
    date_hierarchy = "date_joined"
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (
            _("Person"),
            {"fields": ("first_name", "last_name", "time_zone", "interface_language")},
        ),
        (_("Spend limits"), {"fields": ("max_tokens_per_day", "max_cost_usd_per_day")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets: Any = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "usable_password", "password1", "password2"),
            },
        ),
    )
