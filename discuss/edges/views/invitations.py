"""Inviting people into a group, and coming in by an invitation."""

from io import BytesIO

import segno
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from discuss import actions
from discuss.accounts.invited import drop_invitation, is_kept, keep_invitation
from discuss.edges.views.owners import for_owners
from discuss.edges.views.people import Request, status_of
from discuss.forms import InvitationForm, RevokedForm
from discuss.limits import limits
from discuss.models import Group, Invitation, Membership, User
from discuss.rules import roles
from discuss.rules.refusals import Code


@for_owners("invite", code=Code.NOT_TO_INVITE)
def invitations(request: Request, host: Membership) -> HttpResponse:
    """Let whoever may invite make invitations into the group, show them and revoke them."""
    is_revoking = "revoke" in request.POST
    form = InvitationForm(None if is_revoking else request.POST or None)
    if is_revoking:
        _revoke(request, host)
    if is_revoking or (request.method == "POST" and _make(host, form)):
        return redirect("invitations", host.group.uuid)
    standing = Invitation.objects.standing().filter(group=host.group).select_related("made_by")
    if not roles.may("invite", host.role):
        # The group leaves it to its members: each has their own.
        standing = standing.filter(made_by=host.user)
    context = {"form": form, "group": host.group, "invitations": standing.order_by("-pk")}
    return render(request, "discuss/invitations.html", context, status=status_of(form))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever has this link in: who is logged in by a click, all others behind the sign-up or log-in."""
    found = Invitation.objects.by_token(token)
    user = request.user
    if found and found.group and _is_member(user, found.group):
        drop_invitation(request)
        return redirect(found.group)
    if found is None or not found.stands():
        return _over(request)
    if not user.is_authenticated:
        return _lead_in(request, found)
    if found.group is None:
        return redirect("lobby")
    # Who had said that they want to come in before they logged in is not asked again.
    if request.method == "POST" or is_kept(request, token):
        drop_invitation(request)
        refusal = limits.refusal("membership", user.pk)
        if not refusal:
            try:
                actions.accept_invitation(user, invitation=found)
                return redirect(found.group)
            except actions.Refused as error:
                if error.code == Code.INVITATION_OVER:
                    return _over(request)
                refusal = error.text
        messages.error(request, str(refusal))
    return render(request, "discuss/invitation.html", {"invitation": found})


@never_cache
@require_safe
def invitation_code(request: HttpRequest, token: str) -> HttpResponse:
    """Draw the link as a QR code, for whoever has it."""
    found = Invitation.objects.by_token(token)
    if found is None or not found.stands():
        return _over(request)
    drawn = BytesIO()
    # On white, with the margin that ISO/IEC 18004 asks for, in the dark too.
    code = segno.make(found.link, error="m", micro=False)
    code.save(drawn, kind="svg", border=4, light="#fff", xmldecl=False, omitsize=True)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def _make(host: Membership, form: InvitationForm) -> bool:
    """Make an invitation, and return whether it was made; if not, the form says why."""
    if not form.is_valid():
        return False
    if refusal := limits.refusal("invitation", host.user_id):
        form.add_error(None, refusal)
        return False
    try:
        actions.make_invitation(host, group=host.group, **form.cleaned_data)
    except actions.Refused as error:
        form.add_error(None, error.text)
    return not form.errors


def _revoke(request: Request, host: Membership) -> None:
    """End an invitation, unless it has ended in another tab."""
    form = RevokedForm(request.POST, group=host.group)
    if form.is_valid():
        try:
            actions.revoke_invitation(host, invitation=form.cleaned_data["revoke"])
        except actions.Refused as error:
            messages.error(request, str(error))


def _is_member(user: User | AnonymousUser, group: Group) -> bool:
    return user.is_authenticated and user.memberships.filter(group=group).exists()


def _lead_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Show a stranger the invitation; once they say how, lead them to the log-in or the sign-up."""
    if request.method != "POST":
        return render(request, "discuss/invitation.html", {"invitation": invitation})
    keep_invitation(request, invitation.token)
    door = "account_login" if "log_in" in request.POST else "account_signup"
    return redirect_to_login(reverse("invitation", args=[invitation.token]), reverse(door))


def _over(request: HttpRequest) -> HttpResponse:
    """Say that there is no such invitation: whether one ended, and why, or none ever was."""
    context = {"reason": Code.INVITATION_OVER.label}
    return render(request, "discuss/invitation_over.html", context, status=404)
