"""Events: what happened in the groups, to be read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from discuss.admin.acting import ActingAdmin, ReadOnly
from discuss.admin.filters import EventKindFilter, chosen
from discuss.models import Event, Group, User


@admin.register(Event)
class EventAdmin(ReadOnly, ActingAdmin):
    list_display = ("kind", "subject", "author", "group", "text", "timestamp")
    list_select_related = ("author", "group", "subject")
    # The latest first: only the primary key has an index of that order over all groups.
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("text__holds",)
    search_help_text = "Words of a new name or description"
    list_filter = (
        EventKindFilter,
        "timestamp",
        chosen("group", Group),
        chosen("author", User),
        chosen("subject", User),
    )
    fields = ("group", "kind", "author", "subject", "text", "timestamp", "position", "change")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A log without gaps is what every open page relies on.
        return False
