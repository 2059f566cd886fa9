"""Pages on which filters are written and tried: an owner's of their group, staff's of the whole site."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from discuss.edges.views.owners import for_owners
from discuss.edges.views.people import Request, paced, status_of
from discuss.edges.views.typed import after_log_in
from discuss.models import Filter, Group, Membership, User
from discuss.moderation.actions import change_filter, delete_filter, make_filter, switch_filter
from discuss.moderation.forms.filters import FORMS, FilterForm
from discuss.moderation.reading.trials import Trial, try_rule
from discuss.moderation.rules.ranks import right_of
from discuss.rules import roles
from discuss.rules.filters import FilterKind
from discuss.rules.refusals import Code, Refused

READ_MESSAGES = "discuss.view_message"


class Place(NamedTuple):
    """Whose filters they are, and who writes them: `group` is None for those of the site."""

    actor: Membership | User
    group: Group | None
    # Whether messages may be shown that it would have caught.
    may_read: bool = True

    @property
    def filters(self) -> Any:
        return Filter.objects.filter(group=self.group)

    def address(self, name: str, *rest: Any) -> str:
        """Return the address of a page about them."""
        if self.group is not None:
            return reverse(name, args=[self.group.uuid, *rest])
        return reverse({"filters": "site_filters"}.get(name) or _of_site(name), args=rest)

    def context(self, **more: Any) -> dict[str, Any]:
        listed = self.address("filters")
        return {"group": self.group, "filters_address": listed, "may_read": self.may_read, **more}


def _of_site(name: str) -> str:
    return name.replace("_filter", "_site_filter")


def for_staff(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the place of the site's filters, if this person may write them."""

    @wraps(view)
    def show(request: Request, **more: Any) -> HttpResponse:
        user = request.user
        if not (user.is_staff and user.has_perm(right_of("filter"))):
            raise PermissionDenied(Code.STAFF_ONLY.label)
        if not roles.may("filter", roles.STAFF):
            raise PermissionDenied(Code.STAFF_ONLY.label)
        return view(request, Place(user, None, user.has_perm(READ_MESSAGES)), **more)

    return after_log_in(require_http_methods(["GET", "HEAD", "POST"])(show))


def _of_group(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the place of a group's filters, if this person may write them."""

    @wraps(view)
    def show(request: Request, owner: Membership, **more: Any) -> HttpResponse:
        return view(request, Place(owner, owner.group), **more)

    return for_owners("filter", code=Code.OWNERS_ONLY)(show)


def _listed(request: Request, place: Place) -> HttpResponse:
    """Show which filters there are."""
    found = [
        {"filter": each, "address": place.address("written_filter", each.pk)}
        for each in place.filters.with_hits()
    ]
    kinds = [
        {"label": kind.label, "address": place.address("new_filter", kind)} for kind in FilterKind
    ]
    context = place.context(filters=found, kinds=kinds)
    return render(request, "discuss/moderation/filters.html", context)


def _new(request: Request, place: Place, kind: str) -> HttpResponse:
    """Let somebody write a filter, and try it before it is written."""
    if kind not in FORMS:
        raise Http404("There is no such kind of filter.")
    form, trial = FORMS[kind](request.POST or None, is_of_site=place.group is None), None
    if request.method == "POST" and form.is_valid():
        if "try" in request.POST:
            trial = _try(place, form)
        else:
            try:
                made = make_filter(place.actor, group=place.group, **form.values)
                return redirect(place.address("written_filter", made.pk))
            except Refused as refusal:
                form.add_error(None, refusal.text)
    context = place.context(form=form, kind=FilterKind(kind), trial=trial)
    return render(request, "discuss/moderation/filter.html", context, status=status_of(form))


def _written(request: Request, place: Place, pk: int) -> HttpResponse:
    """Show a filter with what it would have caught; let somebody change it, switch it, delete it."""
    written = get_object_or_404(place.filters.with_hits(), pk=pk)
    if request.method == "POST" and not {"save", "try"} & request.POST.keys():
        return _decide(request, place, written)
    is_of_site = place.group is None
    form = FORMS[written.kind](request.POST or None, is_of_site=is_of_site, written=written)
    trial = None
    if request.method == "POST" and form.is_valid():
        if "try" in request.POST:
            trial = _try(place, form)
        else:
            try:
                change_filter(place.actor, filter=written, **form.values)
                messages.success(request, gettext("Saved."))
                return redirect(place.address("written_filter", pk))
            except Refused as refusal:
                form.add_error(None, refusal.text)
    elif request.method != "POST" and not written.is_on:
        trial = try_rule(written.rule, place.group)
    context = place.context(form=form, filter=written, kind=FilterKind(written.kind), trial=trial)
    return render(request, "discuss/moderation/filter.html", context, status=status_of(form))


def _decide(request: Request, place: Place, written: Filter) -> HttpResponse:
    """Switch a filter on or off, or delete it."""
    try:
        if "delete" in request.POST:
            delete_filter(place.actor, filter=written)
            messages.success(
                request, gettext("The filter %(name)s is deleted.") % {"name": written.name}
            )
            return redirect(place.address("filters"))
        switch_filter(place.actor, filter=written, is_on="on" in request.POST)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(place.address("written_filter", written.pk))


def _try(place: Place, form: FilterForm) -> Trial:
    group_id = place.group.pk if place.group else None
    return try_rule(Filter(group_id=group_id, **form.values).rule, place.group)


filters, new_filter, written_filter = (
    never_cache(paced(_of_group(view))) for view in (_listed, _new, _written)
)
site_filters, new_site_filter, written_site_filter = (
    never_cache(paced(for_staff(view))) for view in (_listed, _new, _written)
)
