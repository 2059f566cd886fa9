"""Inviting: making links into a group or to an account, revoking them, coming in by one."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from discuss.actions.change import next_change, require, role_of, user_of, without_number
from discuss.actions.memberships import make_member
from discuss.models import Group, Invitation, Membership, User
from discuss.rules import roles
from discuss.rules.refusals import Code, Refused

# Invitations into one group that stand at a time.
MOST = 50
# How long one is kept after its end, so that staff can see what there was.
KEPT_FOR = timedelta(days=7)


def make_invitation(
    actor: Membership | User, *, group: Group | None, uses: int, days: int
) -> Invitation:
    """Invite so many people for so many days into the group; without one, as staff, to an account alone."""
    with transaction.atomic():
        made_by = user_of(_admit_host(actor, group.pk if group else None))
        if group and Invitation.objects.standing().filter(group=group).count() >= MOST:
            raise Refused(Code.MANY_INVITATIONS)
        return Invitation.objects.create(
            made_by=made_by,
            group=group,
            uses_left=uses,
            expires_at=timezone.now() + timedelta(days=days),
        )


def revoke_invitation(actor: Membership | User, *, invitation: Invitation) -> None:
    """End an invitation; one that has ended stays as it is.

    Members of a group that leaves this to them end their own alone. Raises Refused.
    """
    with transaction.atomic():
        is_own = invitation.made_by_id == user_of(actor).pk
        _admit_host(actor, invitation.group_id, is_left=is_own)
        usable = Invitation.objects.usable().filter(pk=invitation.pk)
        usable.update(revoked_at=timezone.now())


def accept_invitation(user: User, *, invitation: Invitation) -> Membership | None:
    """Make the person a member of the invitation's group, if it has one, which takes one of its uses.

    Who is a member already stays as they are, and takes none. Raises Refused where it stands no more.
    """
    if invitation.group_id is None:
        with transaction.atomic():
            _take_use(invitation)
        return None
    try:
        with next_change(invitation.group_id) as change:
            membership = make_member(change, user)
            if not change.is_withdrawn:
                _take_use(invitation)
            return membership
    except Refused as refusal:
        # Why is nobody's business who has no other way in.
        if refusal.code == Code.GONE:
            raise Refused(Code.INVITATION_OVER) from refusal
        raise


def clear_ended(most: int) -> int:
    """Delete up to so many invitations that ended KEPT_FOR ago or earlier, and return how many.

    When one was used up is not known: it goes when it would have, had it not been.
    """
    then = timezone.now() - KEPT_FOR
    # NULL where nobody said until when.
    never_stood = Q(expires_at=None, created_at__lt=then)
    over = Q(expires_at__lt=then) | Q(revoked_at__lt=then) | never_stood
    ended = Invitation.objects.filter(over).values("pk")[:most]
    return Invitation.objects.filter(pk__in=ended).delete()[0]


def _admit_host(
    actor: Membership | User, group_id: int | None, *, is_left: bool = True
) -> Membership | User:
    """Lock the group, if there is one, and return who may invite there. Raises Refused.

    `is_left` says whether all members may whom the group leaves it to.
    """
    if group_id is None:
        staff = User.objects.filter(pk=user_of(actor).pk, is_active=True, is_staff=True).first()
        if staff is None or not roles.may("invite", roles.STAFF):
            raise Refused(Code.STAFF_ONLY)
        return staff
    change = without_number(group_id)
    opened = roles.NOTHING_OPENED
    if isinstance(actor, Membership):
        member = change.admit_writer(actor)
        host: Membership | User = member
        opened = member.group.opened if is_left else opened
    else:
        host = change.admit(actor)
    require("invite", role_of(host), code=Code.NOT_TO_INVITE, opened=opened)
    return host


def _take_use(invitation: Invitation) -> None:
    if not invitation.stands():
        raise Refused(Code.INVITATION_OVER)
    # The row alone is asked again, so that of two who take the last use the second finds none.
    left = Invitation.objects.usable().filter(pk=invitation.pk)
    if not left.update(uses_left=F("uses_left") - 1):
        raise Refused(Code.INVITATION_OVER)
