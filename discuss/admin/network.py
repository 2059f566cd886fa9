"""Blocked networks: they are listed and taken back here, and blocked on a page of their own."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from discuss.admin.acting import ANYWHERE, ActingAdmin, staff_of
from discuss.models import BlockedNetwork
from discuss.moderation.actions import Why, unblock_network
from discuss.moderation.rules.ranks import right_of
from discuss.rules import roles
from discuss.rules.networks import network_of


@admin.register(BlockedNetwork)
class BlockedNetworkAdmin(ActingAdmin):
    list_display = ("network", "bars", "reason", "by", "at", "until", "hits")
    list_select_related = ("by",)
    list_filter = ("bars", "reason")
    search_fields = ("network__startswith",)
    ordering = ("-pk",)
    sortable_by = ()
    fields = ("network", "bars", "reason", "note", "by", "at", "until", "hits")
    readonly_fields = fields
    actions = ("unblock",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BlockedNetwork]:
        return BlockedNetwork.objects.in_force()

    # Whoever may close accounts may block networks; there is no right of Django's for it besides.

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_block_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_block_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_block_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_block_permission(self, request: HttpRequest) -> bool:
        may = staff_of(request).has_perm(right_of("block"))
        return may and roles.may("block", roles.STAFF)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Lead to where it is asked what all has to be known."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("networks"))

    @admin.action(permissions=["block"], description=_("Take the block back"), location=ANYWHERE)
    def unblock(self, request: HttpRequest, queryset: QuerySet[BlockedNetwork]) -> None:
        staff = staff_of(request)

        def take_back(blocked: BlockedNetwork) -> bool:
            network = network_of(blocked.network)
            is_done = unblock_network(staff, network=network, why=Why()) is not None
            if is_done:
                self.log_change(request, blocked, "Took the block back.")
            return is_done

        count = self.act_on_each(request, queryset, take_back)
        self.message_user(request, gettext("Not blocked any more: %(n)s.") % {"n": count})
