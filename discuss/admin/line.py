"""Lines of the log, as messages and events are: they are read, and never deleted one by one."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from discuss.admin.acting import ActingAdmin, ReadOnly, of_findable_groups, staff_of
from discuss.forms import read_position
from discuss.models import Deletion, Entry
from discuss.reading.lines import read_after, read_around, read_before
from discuss.reading.log import Page
from discuss.rendering import lines
from discuss.rendering.audience import Audience


class LineAdmin(ReadOnly, ActingAdmin):
    """Each line has a page of its context: the group around it, for staff who may view entries.

    They read it there without joining, so nobody is told and nobody counts them. It is a plain page, as
    old as its load: what is live is a group's, and for its members.
    """

    verbs = {"view": "read"}
    change_form_template = "discuss/admin/line.html"
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

    # --- the context --------------------------------------------------------------------------------

    def has_context_permission(self, request: HttpRequest) -> bool:
        """Whether this person may read what stands around a line: "can view entry", as Django names it."""
        return staff_of(request).has_perm("discuss.view_entry") and self._staff_may("view")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.context_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_context"
        return [path("<int:pk>/context/", view, name=name), *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        # Before the text, which may leave no room.
        return (shown[0], "context", *shown[1:]) if self.has_context_permission(request) else shown

    @admin.display(description=_("context"))
    def context(self, entry: Entry) -> str:
        given = {"address": self._context_address(entry), "entry": entry}
        return render_to_string("discuss/admin/context_link.html", given)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if self.has_context_permission(request):
            context["context_address"] = self._context_address(context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    def context_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the line among those around it, or what stands before or after some position."""
        if not self.has_context_permission(request):
            raise PermissionDenied
        entry = self.get_queryset(request).select_related("group").filter(pk=pk).first()
        if entry is None:
            raise Http404("There is no such line.")
        found = _read(request, entry)
        audience = Audience.of(staff_of(request))
        may_see_removed = staff_of(request).has_perm("discuss.view_message")
        shown = [
            {
                "html": lines.rendered(line, audience),
                "removed": line.text if line.is_hidden and may_see_removed else "",
            }
            for line in found.lines
        ]
        given = {
            "entry": entry,
            "group": entry.group,
            "found": found,
            "lines": shown,
            "address": self._context_address(entry),
            "line_address": reverse(self._address_name("change"), args=[pk]),
            "list_address": reverse(self._address_name("changelist")),
        }
        return render(request, "discuss/admin/context.html", given)

    def _context_address(self, entry: Entry) -> str:
        return reverse(self._address_name("context"), args=[entry.pk])

    def _address_name(self, view: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}"


def _read(request: HttpRequest, entry: Entry) -> Page:
    for name, read in (("before", read_before), ("after", read_after)):
        position = read_position(request.GET.get(name))
        if position is not None:
            return read(entry.group_id, position)
    return read_around(entry.group_id, entry.position)
