"""What a person saved for themselves."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from discuss.edges.views.pages import listing
from discuss.edges.views.people import Request, paced
from discuss.forms import read_position
from discuss.reading.bookmarks import read_saved
from discuss.rules.listed import How


@never_cache
@login_required
@paced
@require_safe
def saved(request: Request) -> HttpResponse:
    """List what the person saved, the latest first."""
    before = read_position(request.GET.get("before"))
    found = read_saved(request.user.pk, before=before)
    context = {"saved": found, "is_older": before is not None}
    context |= listing(request, How.WORDS, found.entries)
    return render(request, "discuss/saved.html", context)
