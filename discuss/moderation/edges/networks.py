"""The page on which moderators of the site block networks of addresses, and take that back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from discuss.edges.views.people import Request, paced, status_of
from discuss.edges.views.typed import is_of_another
from discuss.forms import OlderForm
from discuss.limits import limits
from discuss.models import User
from discuss.moderation.actions import Why, block_network, unblock_network
from discuss.moderation.forms.networks import BlockForm, UnblockForm
from discuss.moderation.reading.networks import read_blocked
from discuss.moderation.rules.ranks import right_of
from discuss.rules import roles
from discuss.rules.refusals import Code, Refused


@never_cache
@login_required
@paced
@require_http_methods(["GET", "HEAD", "POST"])
def networks(request: Request) -> HttpResponse:
    """List the networks that are blocked; block another one, or take one back."""
    if not may_block(request.user):
        raise PermissionDenied(Code.STAFF_ONLY.label)
    is_back = "unblock" in request.POST
    form = (
        BlockForm(request.POST) if request.method == "POST" and not is_back else _new_form(request)
    )
    if request.method == "POST":
        if is_back:
            return _take_back(request)
        if is_of_another(request):
            form.add_error(None, Code.OF_ANOTHER.label)
        elif form.is_valid() and _block(request, form):
            return redirect("networks")
    older = OlderForm({"oldest": request.GET.get("before")})
    before = older.cleaned_data["oldest"] if older.is_valid() else None
    page = read_blocked(request.GET.get("q", "").strip()[:50], before)
    context = {"form": form, "page": page, "is_first": before is None}
    return render(request, "discuss/moderation/networks.html", context, status=status_of(form))


def may_block(user: User) -> bool:
    """Whether somebody may block networks, and see who came from where."""
    may = user.is_staff and user.has_perm(right_of("block"))
    return may and roles.may("block", roles.STAFF)


def _new_form(request: Request) -> BlockForm:
    """Return the empty form; a link may name the network."""
    return BlockForm(initial={"network": request.GET.get("network", "")[:50]})


def _block(request: Request, form: BlockForm) -> bool:
    if refusal := limits.refusal("moderate", request.user.pk):
        form.add_error(None, refusal)
        return False
    why = Why(**form.why("block_network"))
    here = request.META.get("REMOTE_ADDR", "")
    try:
        block_network(request.user, why=why, here=here, **form.values())
    except Refused as refused:
        form.refuse(refused)
        return False
    values = {"network": str(form.cleaned_data["network"])}
    messages.success(request, gettext("%(network)s is blocked.") % values)
    return True


def _take_back(request: Request) -> HttpResponse:
    form = UnblockForm({"network": request.POST.get("unblock")})
    if is_of_another(request):
        messages.error(request, str(Code.OF_ANOTHER.label))
    elif form.is_valid():
        network = form.cleaned_data["network"]
        try:
            unblock_network(request.user, network=network, why=Why())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            text = gettext("%(network)s is not blocked any more.") % {"network": str(network)}
            messages.success(request, text)
    return redirect("networks")
