"""Lines of the log, as messages and events are: they are read, and never deleted one by one."""

from typing import Any

from django.http import HttpRequest

from discuss.admin.acting import ActingAdmin, ReadOnly


class LineAdmin(ReadOnly, ActingAdmin):
    # The latest first: only the primary key has an index of that order over all groups.
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("text__holds",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A log without gaps is what every open page relies on.
        return False
