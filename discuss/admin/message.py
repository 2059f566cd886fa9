"""Messages: staff read them all, and leave a tombstone where one has to go."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from discuss import actions
from discuss.admin.acting import ANYWHERE, staff_of
from discuss.admin.filters import RemovedFilter, chosen
from discuss.admin.line import LineAdmin
from discuss.admin.moderating import act_on_rows
from discuss.models import Group, Message, User
from discuss.rules import roles

EXCERPT = 100


@admin.register(Message)
class MessageAdmin(LineAdmin):
    list_display = ("state", "excerpt", "author", "group", "timestamp")
    list_display_links = ("excerpt",)
    search_fields = ("text__holds", "author__username__istartswith")
    list_select_related = ("author", "group")
    search_help_text = _("Words of the text, or who wrote it")
    list_filter = (
        RemovedFilter,
        "timestamp",
        chosen("group", _("group"), Group),
        chosen("author", _("author"), User),
    )
    fields = (
        "group",
        "author",
        "text",
        "timestamp",
        "edited_at",
        "hidden_at",
        "position",
        "change",
    )
    readonly_fields = fields
    actions = (
        "remove",
        act_on_rows("restore", lambda message: {"entry": message}, permission="remove"),
        act_on_rows("erase", lambda message: {"entry": message}, permission="erase"),
    )

    @admin.display(description=_("state"))
    def state(self, message: Message) -> str:
        if message.is_hidden:
            return gettext("✗ Removed")
        return gettext("Edited") if message.edited_at else gettext("✓ Shown")

    @admin.display(description=_("text"))
    def excerpt(self, message: Message) -> str:
        return Truncator(message.text).chars(EXCERPT)

    def has_remove_permission(self, request: HttpRequest) -> bool:
        """Whether this person may leave tombstones: "can delete message", as Django names the right."""
        has_right = staff_of(request).has_perm("discuss.delete_message")
        return has_right and roles.may_at_all("hide", roles.STAFF)

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """Whether this person may erase messages: "can erase entry", as Django names the right."""
        return staff_of(request).has_perm("discuss.erase_entry")

    @admin.action(
        permissions=["remove"],
        description=_("Remove this message"),
        description_plural=_("Remove the selected messages"),
        location=ANYWHERE,
    )
    def remove(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        staff = staff_of(request)

        def hide(message: Message) -> bool:
            was_hidden = message.is_hidden
            is_hidden = actions.hide_message(staff, entry=message).is_hidden
            if is_hidden and not was_hidden:
                self.log_change(request, message, "Removed.")
            return is_hidden and not was_hidden

        removed = self.act_on_each(request, queryset, hide)
        text = ngettext("Removed %(n)s message.", "Removed %(n)s messages.", removed)
        text %= {"n": localize(removed)}
        self.message_user(request, text, messages.SUCCESS if removed else messages.WARNING)
