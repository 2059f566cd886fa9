"""Acts of moderation in the admin: a page asks why and for how long, then each chosen row is an act."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import localize
from django.utils.translation import gettext

from discuss.admin.acting import ANYWHERE, ActingAdmin, staff_of
from discuss.moderation.actions import Why, acts, perform_act
from discuss.moderation.actions.offers import form_of

type AdminAction = Callable[[ActingAdmin, HttpRequest, QuerySet[Any]], HttpResponse | None]


def act_on_rows(
    name: str, target: Callable[[Any], dict[str, Any]], *, permission: str
) -> AdminAction:
    """Return an action of the admin that does this act to each chosen row.

    `target` says of a row to whom it is done, as `perform_act` takes it. Whoever lacks the `permission` is
    not offered it.
    """
    kind = acts[name]

    def act(
        modeladmin: ActingAdmin, request: HttpRequest, chosen: QuerySet[Any]
    ) -> HttpResponse | None:
        form = form_of(kind, request.POST if "act" in request.POST else None)
        if not form.is_valid():
            asked = {"title": kind.label, "action": name, "form": form, "rows": chosen}
            return _ask_why(modeladmin, request, asked)
        why, staff = Why(**form.why(name)), staff_of(request)

        def do(row: Any) -> bool:
            is_done = perform_act(staff, name, **target(row), why=why) is not None
            if is_done:
                modeladmin.log_change(request, row, str(kind.done))
            return is_done

        count = modeladmin.act_on_each(request, chosen, do)
        text = gettext("%(act)s: %(n)s.") % {"act": kind.done, "n": localize(count)}
        modeladmin.message_user(request, text, messages.SUCCESS if count else messages.WARNING)
        return None

    act.__name__ = name
    decorate = admin.action(permissions=[permission], description=kind.label, location=ANYWHERE)
    return decorate(act)


def _ask_why(modeladmin: ActingAdmin, request: HttpRequest, asked: dict[str, Any]) -> HttpResponse:
    """Answer with the page that asks why, and lists the rows once more."""
    context = {
        **modeladmin.admin_site.each_context(request),
        **asked,
        "opts": modeladmin.opts,
        "checkbox": helpers.ACTION_CHECKBOX_NAME,
        "media": modeladmin.media,
    }
    return render(request, "discuss/admin/act.html", context)
