"""Where people came from, on their page in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from discuss.admin.acting import ModelAdmin, staff_of
from discuss.models import User
from discuss.moderation.reading.networks import Seen, read_seen
from discuss.moderation.rules.ranks import right_of


class ShowsAddresses(ModelAdmin):
    """Shows staff with the right to close accounts where somebody logged in, and who else did there."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user = super().get_object(request, *args, **kwargs)
        if user is not None and staff_of(request).has_perm(right_of("block")):
            user.seen = read_seen(user, staff_of(request))
        return user

    def addresses_of(self, user: User | None) -> tuple[str, ...]:
        """Return the field of the addresses where there are some to be seen."""
        return ("addresses",) if _seen(user) else ()

    def part_of_addresses(self, user: User | None) -> Any:
        """Return the part of the page with that field."""
        fields = self.addresses_of(user)
        return ((_("Where they came from"), {"fields": fields}),) if fields else ()

    @admin.display(description=_("addresses"))
    def addresses(self, user: User) -> str:
        context = {"seen": _seen(user), "may_see_people": True}
        return render_to_string("discuss/moderation/seen.html", context)


def _seen(user: User | None) -> list[Seen]:
    return getattr(user, "seen", [])
