"""A person's page in a group: who they are there, and what moderators may do about them."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from discuss.edges.views.people import Request, membership_of, not_a_member, paced
from discuss.models import Act, Membership, User
from discuss.moderation.actions.acts import acts
from discuss.moderation.actions.offers import (
    Offer,
    names_to_turn,
    offers_on_member,
    offers_to_turn,
)
from discuss.moderation.edges.networks import may_block
from discuss.moderation.reading.long_acts import read_progress_about
from discuss.moderation.reading.networks import read_seen
from discuss.moderation.reading.record import read_acts
from discuss.moderation.reading.record_scopes import acts_in, read_record_scope, told_to_person
from discuss.reading.bans import read_ban
from discuss.reading.bars import barred_by, read_bar
from discuss.reading.sanctions import Sanction, in_future
from discuss.rules import roles

# The right to look at somebody in the admin.
SEE_PEOPLE = "discuss.view_user"


@never_cache
@login_required
@paced
@require_safe
def person(request: Request, uuid: UUID, key: int) -> HttpResponse:
    """Show who somebody is in the group; to moderators also what was done, and what there is to do."""
    membership = membership_of(request.user, uuid)
    if membership is None:
        return not_a_member(request, uuid, status=200)
    found = find_person(membership, key)
    context = {**person_context(membership, found), "opened": request.GET.get("act", "")}
    return render(request, "discuss/moderation/person.html", context)


@never_cache
@login_required
@require_safe
def member(request: Request, pk: int) -> HttpResponse:
    """Lead from a row of the list of members to their page: rows name no group."""
    mine = request.user.memberships.values("group")
    found = Membership.objects.select_related("group").filter(pk=pk, group__in=mine).first()
    if found is None:
        raise Http404("There is no such member.")
    return redirect("person", found.group.uuid, found.user_id)


@never_cache
@login_required
@require_safe
def long_acts(request: Request, uuid: UUID, key: int) -> HttpResponse:
    """Show how far acts over all that somebody wrote have come, again and again while one goes on."""
    membership = membership_of(request.user, uuid) if HtmxDetails(request) else None
    if membership is None:
        return redirect("person", uuid, key)
    context = {"group": membership.group, "works": [], "turns": []}
    if _may_see_acts(membership):
        context |= progress_context(membership, find_person(membership, key))
    return render(request, "discuss/moderation/progress.html", context)


def progress_context(membership: Membership, found: User) -> dict[str, Any]:
    """Return what there is to see of acts over all that the person wrote, and what to do about them."""
    is_staff = membership.user.is_staff
    works = read_progress_about(found.pk, membership.group_id, on_site=is_staff)
    return {
        "person": found,
        "works": works,
        "goes_on": any(work.goes_on for work in works),
        "turns": names_to_turn(membership.group, found) if works else [],
        "turning": offers_to_turn(membership, found) if works else [],
    }


def _may_see_acts(membership: Membership) -> bool:
    is_staff = membership.user.is_staff and membership.user.has_perm("discuss.view_act")
    return is_staff or roles.may("moderate", membership.role)


def find_person(membership: Membership, key: int) -> User:
    """Return somebody who is, or was, in the member's group. Raises Http404."""
    group_id = membership.group_id
    found = User.objects.filter(pk=key).first()
    is_here = found is not None and (
        found.memberships.filter(group=group_id).exists()
        or found.entries.filter(group=group_id).exists()
        or Act.objects.filter(group_id=group_id, user_id=key).exists()
    )
    if found is None or not is_here:
        raise Http404("There is no such person in this group.")
    return found


def person_context(
    membership: Membership, found: User, refused: Offer | None = None
) -> dict[str, Any]:
    """Return what the page shows; `refused` is an act whose form was wrong."""
    group = membership.group
    theirs = found.memberships.filter(group=group).first()
    offers = [
        refused if refused and refused.kind == offer.kind else offer
        for offer in offers_on_member(membership, found)
    ]
    context: dict[str, Any] = {"group": group, "person": found, "theirs": theirs, "offers": offers}
    may_see = _may_see_acts(membership)
    if may_see:
        context |= progress_context(membership, found)
    if may_see or found == membership.user:
        # Nobody learns here that they were reported, nor who did what to them.
        acts_seen = acts_in(read_record_scope(membership.user_id)) if may_see else told_to_person()
        done = acts_seen.filter(group_id=group.pk, user_id=found.pk)
        bar, ban = read_bar(group.pk, found.pk), read_ban(found.pk)
        context |= {
            "muted": Sanction(in_future(theirs.muted_until)).until if theirs else None,
            "barred": barred_by(bar).text if bar else "",
            "banned": ban.text if ban else "",
            "names_actors": may_see,
            "done": [
                (acts[each.act.kind].done, each)
                for each in read_acts(done)
                if each.act.kind in acts
            ],
        }
    if may_block(membership.user):
        context["seen"] = read_seen(found, membership.user)
        context["may_see_people"] = membership.user.has_perm(SEE_PEOPLE)
    return context
