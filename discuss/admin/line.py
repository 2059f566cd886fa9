"""Lines of the log, as messages and events are: they are read, and never deleted one by one."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest

from discuss.admin.acting import ActingAdmin, ReadOnly, of_findable_groups
from discuss.models import Deletion


class LineAdmin(ReadOnly, ActingAdmin):
    verbs = {"view": "read"}
    # The latest first: only the primary key has an index of that order over all groups.
    ordering = ("-pk",)
    sortable_by = ()
    search_fields: ClassVar[tuple[str, ...]] = ("text__holds",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # To join each line's group for this would make a long list slow to count.
        deleted = Deletion.objects.exclude(group=None).values("group")
        lines = super().get_queryset(request).exclude(group__in=deleted)
        return of_findable_groups(request, lines)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A log without gaps is what every open page relies on.
        return False
