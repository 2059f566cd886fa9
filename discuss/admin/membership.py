"""Memberships: staff let people in and put them out."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.translation import gettext, gettext_lazy as _

from discuss import actions
from discuss.admin.acting import (
    ActingAdmin,
    SearchedByKey,
    delete_selected,
    findable_groups,
    of_findable_groups,
    staff_of,
)
from discuss.admin.filters import chosen
from discuss.admin.moderating import act_on_rows
from discuss.models import Group, Membership, Role, User
from discuss.rules import roles


@admin.register(Membership)
class MembershipAdmin(SearchedByKey, ActingAdmin):
    verbs = {"add": "join", "delete": "remove"}
    list_display = ("user", "group", "role", "joined_at")
    # The latest first: only the primary key has an index of that order over all groups.
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("user__username_key__contains", "group__name_key__contains")
    search_help_text = _("Words of the person's or the group's name")
    list_filter = (
        "role",
        "joined_at",
        chosen("group", _("group"), Group),
        chosen("user", _("user"), User),
    )
    autocomplete_fields = ("group", "user")
    actions = (
        "make_owner",
        *(
            act_on_rows(
                name,
                lambda membership: {"user": membership.user, "group": membership.group},
                permission="act",
            )
            for name in ("warn", "time_out", "end_time_out", "bar")
        ),
        *(
            act_on_rows(
                name,
                lambda membership: {"user": membership.user, "group": membership.group},
                permission="hide",
            )
            for name in ("hide_all", "stop_hiding", "show_all")
        ),
        delete_selected,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        # A membership is named by both, on every page.
        memberships = super().get_queryset(request).select_related("group", "user")
        return of_findable_groups(request, memberships)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "group":
            kwargs["queryset"] = findable_groups(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        return ("group", "user", *(("role", "joined_at") if obj else ()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Who owns a group is handed over (see make_owner); all else about a membership is its record.
        return False

    def has_hand_over_permission(self, request: HttpRequest) -> bool:
        """Whether this person may name owners: "can change membership", as Django names the right.

        To remove somebody is another: with both in one, who removes members would make themselves owner.
        """
        has_right = staff_of(request).has_perm("discuss.change_membership")
        return has_right and roles.may_at_all("hand_over", roles.STAFF)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether this person may act on members: "can add act", as Django names the right."""
        return staff_of(request).has_perm("discuss.add_act")

    def has_hide_permission(self, request: HttpRequest) -> bool:
        """Whether this person may hide messages: "can delete message", as Django names the right."""
        return staff_of(request).has_perm("discuss.delete_message")

    @admin.action(
        description=_("Hand the group over to the selected members"), permissions=["hand_over"]
    )
    def make_owner(self, request: HttpRequest, chosen: QuerySet[Membership]) -> None:
        def act(membership: Membership) -> bool:
            if membership.role == Role.OWNER:
                return False
            actions.hand_over(staff_of(request), successor=membership)
            return True

        count = self.act_on_each(request, chosen, act)
        self.message_user(request, gettext("New owners: %(n)s.") % {"n": localize(count)})

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: Any) -> None:
        # Django goes on with `obj` to its record and to the next page.
        obj.pk = actions.let_in(staff_of(request), user=obj.user, group=obj.group).pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        actions.remove_member(staff_of(request), membership=obj)
