"""What a hand may do in the admin, and the names all admin modules build on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import capfirst

# Django's admin classes are generic for the type checker only.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    StackedInline = admin.StackedInline[Any, Any]
    TabularInline = admin.TabularInline[Any, Any]
    _Paginator = Paginator[Any]
else:
    ModelAdmin = admin.ModelAdmin
    StackedInline = admin.StackedInline
    TabularInline = admin.TabularInline
    _Paginator = Paginator


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


class NamedInColumns:
    """Django heads the columns of a table and names no field in it: each says its own name."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]  # an inline's
        if field is not None:
            field.widget.attrs["aria-label"] = capfirst(str(db_field.verbose_name))
        return field


class DeletesWhole:
    """Who may delete a row may delete what belongs to it, although alone it could not go."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        listed, counts, _forbidden, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]  # ModelAdmin's
        return listed, counts, set(), protected


class NearPaginator(_Paginator):
    """Counts so far and no farther: who looks for an older row searches for it."""

    farthest = 200

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return len(rows.prefetch_related(None).values_list("pk")[: self.farthest])


class Large:
    """The list of a table that grows without end: no part of the page reads it whole.

    So it is short, in the order of an index, counted to a point, and nobody's own to sort. What
    rows tell of others is read for all of them at once (`list_prefetch`), not joined row by row.
    """

    list_per_page = 20
    list_max_show_all = 20
    list_select_related: ClassVar[Any] = ()
    list_prefetch: ClassVar[tuple[str, ...]] = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by: ClassVar[Any] = ()
    ordering: ClassVar[Any] = ("-pk",)
    paginator: ClassVar[Any] = NearPaginator

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]  # ModelAdmin's
        return rows.prefetch_related(*self.list_prefetch)
