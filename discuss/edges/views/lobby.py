"""The lobby, and the page on which a group is made."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from discuss import actions
from discuss.edges.views.pages import own_groups, wants_live
from discuss.edges.views.people import Request, paced, status_of
from discuss.edges.views.typed import after_log_in, typed_before
from discuss.forms import AboutForm, ResumeLobbyForm
from discuss.limits import limits
from discuss.reading.lobby import read_listing
from discuss.rendering import fragments, rows
from discuss.rendering.audience import Audience


@never_cache
@login_required
@paced
@require_safe
def lobby(request: Request) -> HttpResponse:
    """List the groups, one page of those that match."""
    listing = read_listing(ResumeLobbyForm(request.GET).query(), request.user.pk)
    audience = Audience.of(request.user)
    own = own_groups(request, day=audience.today())
    last = request.COOKIES.get(settings.LAST_GROUP_COOKIE_NAME)
    context = {
        "listing": listing,
        "rows": rows.of_listing(listing, audience),
        "own": own,
        "own_rows": rows.of_own(own, audience),
        "last": next((row for row in own.rows if str(row.uuid) == last), None),
        "is_live": wants_live(request),
        "signs_version": fragments.signs_version(),
        "zone": audience.time_zone,
    }
    return render(request, "discuss/lobby.html", context)


@after_log_in
@require_http_methods(["GET", "HEAD", "POST"])
def new_group(request: Request) -> HttpResponse:
    before = typed_before(request, request.path)
    form = AboutForm(request.POST or None, user=request.user, initial=before)
    if request.method == "POST" and form.is_valid():
        if refusal := limits.refusal("group", request.user.pk):
            form.add_error("name", refusal)
        else:
            try:
                return redirect(actions.create_group(request.user, **form.cleaned_data))
            except actions.Refused as error:
                form.add_error("name", error.text)
    return render(request, "discuss/new_group.html", {"form": form}, status=status_of(form))
