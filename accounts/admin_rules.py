"""What a hand may do in the admin, and the names all admin modules build on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

# Django's admin classes are generic for the type checker only.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    StackedInline = admin.StackedInline[Any, Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin = admin.ModelAdmin
    StackedInline = admin.StackedInline
    TabularInline = admin.TabularInline


class NotByHand:
    """Rows that the program makes, and that go only with what they belong to."""

    extra = 0
    can_delete = False

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class NeverEdited(NotByHand):
    """History and state, read by people and written by the program."""

    fields: ClassVar[Any] = None
    readonly_fields: ClassVar[Any] = ()

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, _request: HttpRequest, _obj: Any = None) -> Any:
        """An inline makes form fields of the rest, which some columns cannot be."""
        return self.fields or self.readonly_fields


class DeletesWhole:
    """Who may delete a row may delete what belongs to it, although alone it could not go."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        listed, counts, _forbidden, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]  # ModelAdmin's
        return listed, counts, set(), protected
