"""People: staff make accounts, end them, and say what each may do."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import localize
from django.utils.translation import gettext, gettext_lazy as _

from discuss import actions
from discuss.admin.acting import (
    ANYWHERE,
    ActingAdmin,
    SearchedByKey,
    delete_selected,
    show_in,
    staff_of,
)
from discuss.admin.addresses import ShowsAddresses
from discuss.admin.hidden_email import HiddenEmail, may_see_email
from discuss.admin.moderating import act_on_rows
from discuss.admin.user_forms import NewUserForm, PasswordForm
from discuss.admin.user_rights import UserRights
from discuss.models import Entry, Membership, Message, User
from discuss.rules.rights import MODERATORS

# What decides how far a person's power goes.
STANDING = ("is_active", "is_staff", "is_superuser", "user_permissions")


@admin.register(User)
class UserAdmin(
    ShowsAddresses,
    HiddenEmail,
    UserRights,
    SearchedByKey,
    ActingAdmin,
    auth_admin.UserAdmin,  # type: ignore[type-arg]
):
    """Staff accounts are changed by superusers, and nobody takes power from themselves.

    So a superuser remains whatever is clicked here, and the right to change users is not the right to
    become anyone.
    """

    add_form = NewUserForm
    change_password_form = PasswordForm
    list_display = (
        "username",
        "display_name",
        "standing",
        "is_active",
        "email",
        "date_joined",
        "last_login",
    )
    # By the key of the name, which has an index; the columns have none.
    ordering = ("username_key",)
    sortable_by = ()
    search_fields = ("username_key__contains", "display_key__contains", "email__holds")
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "display_name", "password", "email")}),
        (
            _("Standing"),
            {
                "fields": STANDING,
                "description": _(
                    "A superuser decides about staff; nobody decides about themselves."
                ),
            },
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    actions = (
        "show_messages",
        "show_memberships",
        "close_accounts",
        "open_accounts",
        *(
            act_on_rows(name, lambda user: {"user": user}, permission="close")
            for name in ("ban", "end_ban")
        ),
        *(
            act_on_rows(name, lambda user: {"user": user}, permission="hide")
            for name in ("hide_all_on_site", "stop_hiding_on_site", "show_all_on_site")
        ),
        *(
            act_on_rows(name, lambda user: {"user": user}, permission="erase")
            for name in ("erase_all", "stop_erasing")
        ),
        "take_display_names",
        "make_moderator",
        "take_rights",
        delete_selected,
    )
    after_deletion = _(
        "Deleted people can do nothing any more. Their lines become someone's, which may take minutes; "
        "until then their names stay taken."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        # Who is being deleted can be neither changed nor let in again.
        people = super().get_queryset(request).filter(deletion=None, is_made_up=False)
        theirs = User.groups.through.objects.filter(user=OuterRef("pk"), group__name=MODERATORS)
        annotated: QuerySet[User] = people.annotate(is_moderator=Exists(theirs))
        return annotated

    @admin.display(description=_("standing"))
    def standing(self, user: Any) -> str | None:
        if user.is_superuser:
            return gettext("Superuser")
        if user.is_moderator and user.is_staff:
            return gettext("Moderator of the site")
        return gettext("Staff") if user.is_staff else None

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if may_see_email(request) or obj is None:
            return (*super().get_fieldsets(request, obj), *self.part_of_addresses(obj))
        return (
            (None, {"fields": ("username", "display_name", "is_active", "standing")}),
            self.fieldsets[-1],
            *self.part_of_addresses(obj),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return ()
        # Open pages show the username at every line and in every list, and no line of the log says that it
        # changed: they would show the old one for good. A display name is taken away by an action.
        fixed = ("username", "display_name", "last_login", "date_joined", *self.addresses_of(obj))
        staff = staff_of(request)
        if obj == staff:
            return fixed + STANDING
        return fixed if staff.is_superuser else fixed + STANDING[1:]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            super().has_delete_permission(request, obj)
            and _may_touch(request, obj)
            and obj != staff_of(request)
        )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        try:
            if not change:
                # Others may have chosen the name since the form looked.
                User.objects.lock_names()
                if User.objects.is_taken(obj.username) or User.objects.has_like(obj.username):
                    raise actions.Refused(actions.Code.USERNAME_TAKEN)
            super().save_model(request, obj, form, change)
        except IntegrityError:
            # Someone signed up under this name, or one like it, since the form looked.
            raise actions.Refused(actions.Code.USERNAME_TAKEN) from None
        if change and "is_active" in form.changed_data:
            actions.record_account(staff_of(request), user=obj)
        if change and not {"is_staff", "is_superuser"}.isdisjoint(form.changed_data):
            actions.record_standing(staff_of(request), user=obj, before=form.initial)
        if change and form.has_changed():
            # On commit, so after the permissions, which Django saves last.
            actions.announce_standing(obj)

    def count_lost(self, chosen: Sequence[User]) -> dict[str, int]:
        lines = Entry.objects.filter(author__in=chosen).count()
        return {
            gettext("memberships"): Membership.objects.filter(user__in=chosen).count(),
            gettext("lines of the log (kept without their author)"): lines,
        }

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        actions.delete_user(staff_of(request), user=obj)

    @admin.action(permissions=["view"], description=_("Show the messages"), location=ANYWHERE)
    def show_messages(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        return show_in(Message, "author", queryset)

    @admin.action(permissions=["view"], description=_("Show the memberships"), location=ANYWHERE)
    def show_memberships(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        return show_in(Membership, "user", queryset)

    @admin.action(permissions=["close"], description=_("Close the account"), location=ANYWHERE)
    def close_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._decide(request, queryset, actions.close_account, "Closed.", gettext("Closed: %(n)s."))

    @admin.action(permissions=["close"], description=_("Open the account again"), location=ANYWHERE)
    def open_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._decide(request, queryset, actions.open_account, "Opened.", gettext("Opened: %(n)s."))

    @admin.action(
        permissions=["close"], description=_("Take the display name away"), location=ANYWHERE
    )
    def take_display_names(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        text = gettext("Called by their usernames again: %(n)s.")
        note = "Took the display name away."
        self._decide(request, queryset, actions.take_display_name, note, text)

    @admin.action(
        permissions=["appoint"], description=_("Make a moderator of the site"), location=ANYWHERE
    )
    def make_moderator(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        text = gettext("New moderators of the site: %(n)s.")
        note = "Made a moderator of the site."
        self._decide(request, queryset, actions.make_site_moderator, note, text)

    @admin.action(
        permissions=["appoint"],
        description=_("Take the moderator's rights away"),
        location=ANYWHERE,
    )
    def take_rights(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        text = gettext("Moderators of the site no more: %(n)s.")
        note = "Took the moderator's rights away."
        self._decide(request, queryset, actions.take_site_moderators_rights, note, text)

    def _decide(
        self,
        request: HttpRequest,
        chosen: Iterable[User],
        act: Callable[..., bool],
        note: str,
        text: str,
    ) -> None:
        staff = staff_of(request)

        def decide(user: User) -> bool:
            has_changed = act(staff, user=user)
            if has_changed:
                self.log_change(request, user, note)
            return has_changed

        count = self.act_on_each(request, chosen, decide)
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, text % {"n": localize(count)}, level)


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    staff = staff_of(request)
    return user is None or staff.is_superuser or not (user.is_staff or user.is_superuser)
