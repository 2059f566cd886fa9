"""Events: what happened in the groups, to be read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from discuss.admin.filters import EventKindFilter, chosen
from discuss.admin.line import LineAdmin
from discuss.models import Event, Group, User


@admin.register(Event)
class EventAdmin(LineAdmin):
    list_display = ("kind", "subject", "author", "group", "text", "timestamp")
    list_select_related = ("author", "group", "subject")
    search_help_text = _("Words of a new name or description")
    list_filter = (
        EventKindFilter,
        "timestamp",
        chosen("group", _("group"), Group),
        chosen("author", _("author"), User),
        chosen("subject", _("subject"), User),
    )
    fields = ("group", "kind", "author", "subject", "text", "timestamp", "position", "change")
    readonly_fields = fields
