"""Invitations: staff make them for any group and for none, and revoke them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext, gettext_lazy as _

from discuss import actions
from discuss.admin.acting import ANYWHERE, ActingAdmin, SearchedByKey, findable_groups, staff_of
from discuss.admin.filters import chosen
from discuss.forms import InvitationForm
from discuss.models import Group, Invitation, User
from discuss.rules import roles


class NewInvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of discuss.forms.InvitationForm, and the group."""

    uses = InvitationForm.base_fields["uses"]
    days = InvitationForm.base_fields["days"]

    class Meta:
        model = Invitation
        fields = ("group",)


@admin.register(Invitation)
class InvitationAdmin(SearchedByKey, ActingAdmin):
    verbs = {"add": "invite", "view": "invite"}
    change_form_template = "discuss/admin/invitation.html"
    list_display = (
        "__str__",
        "group",
        "made_by",
        "uses_left",
        "created_at",
        "expires_at",
        "revoked_at",
    )
    # The latest first: only the primary key has an index of that order over all groups.
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("made_by__username_key__contains", "group__name_key__contains")
    search_help_text = _("Words of the maker's or the group's name")
    list_filter = (
        chosen("group", _("group"), Group),
        chosen("made_by", _("made by"), User),
    )
    autocomplete_fields = ("group",)
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        invitations = super().get_queryset(request).select_related("group", "made_by")
        if staff_of(request).is_superuser:
            return invitations
        return invitations.filter(Q(group=None) | Q(group__in=findable_groups(request)))

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewInvitationForm
        return super().get_form(request, obj, change, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "group":
            kwargs["queryset"] = findable_groups(request)
            kwargs["help_text"] = _("Without a group it is an invitation to sign up.")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> Any:
        return self.list_display[1:] if obj else ("group", "uses", "days")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # What a link is worth was said to whoever has it.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # It stays on record, revoked, for a while.
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether this person may revoke: "can delete invitation", as Django names the right."""
        has_right = staff_of(request).has_perm("discuss.delete_invitation")
        return has_right and roles.may_at_all("invite", roles.STAFF)

    @admin.action(
        permissions=["revoke"],
        description=_("Revoke this invitation"),
        description_plural=_("Revoke the selected invitations"),
        location=ANYWHERE,
    )
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        staff = staff_of(request)

        def act(invitation: Invitation) -> bool:
            if invitation.revoked_at is not None:
                return False
            actions.revoke_invitation(staff, invitation=invitation)
            self.log_change(request, invitation, "Revoked.")
            return True

        count = self.act_on_each(request, queryset, act)
        self.message_user(request, gettext("Revoked: %(n)s.") % {"n": localize(count)})

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: Any) -> None:
        # Django goes on with `obj` to its record and to the next page.
        values = {field: form.cleaned_data[field] for field in ("group", "uses", "days")}
        obj.pk = actions.make_invitation(staff_of(request), **values).pk
        obj.refresh_from_db()

    def response_post_save_add(self, request: HttpRequest, obj: Invitation) -> HttpResponseRedirect:
        """Lead to the invitation's page, which has its link."""
        return HttpResponseRedirect(reverse("admin:discuss_invitation_change", args=[obj.pk]))
