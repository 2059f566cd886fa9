"""Filters: to be seen. They are written on pages of their own, where each can be tried."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from discuss.admin.acting import ActingAdmin, ReadOnly, findable_groups, staff_of
from discuss.admin.filters import chosen
from discuss.models import Filter, Group


@admin.register(Filter)
class FilterAdmin(ReadOnly, ActingAdmin):
    list_display = ("name", "group", "kind", "does", "exempt", "is_on", "hits", "changed_at")
    ordering = ("-pk",)
    sortable_by = ()
    list_filter = ("kind", "does", "is_on", chosen("group", _("group"), Group))
    fields = (
        "group",
        "name",
        "kind",
        "terms",
        "is_part",
        "does",
        "exempt",
        "is_for_names",
        "is_on",
    )
    readonly_fields = fields
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Filter]:
        filters = Filter.objects.with_hits().select_related("group")
        if staff_of(request).is_superuser:
            return filters
        return filters.filter(Q(group=None) | Q(group__in=findable_groups(request)))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("hits"))
    def hits(self, obj: Filter) -> int:
        return obj.hits or 0
