"""Joining, leaving, removing and handing over."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from discuss import doorbell
from discuss.actions.change import Change, next_change, require, role_of, user_of, without_number
from discuss.actions.record import write_act
from discuss.forms import GroupForm, LevelForm, LineForm, NothingForm
from discuss.models import Act, Bar, Entry, Group, Kind, Membership, Role, User
from discuss.reading.bars import barred_by
from discuss.rules import roles
from discuss.rules.refusals import Code, Refused
from discuss.rules.unread import Mark
from discuss.verbs import verb


@verb("join", actor=User, form=GroupForm, limit="membership")
def join_group(user: User, *, group: Group) -> Membership:
    """Make the person a member; who is one already stays as they are. Nobody joins what they may not find."""
    with next_change(group.pk) as change:
        if not Group.objects.findable_by(user).filter(pk=group.pk).exists():
            raise Refused(Code.GONE)
        return make_member(change, user, is_allowed=roles.may("join", roles.STRANGER, roles.OWN))


def let_in(actor: Membership | User, *, user: User, group: Group) -> Membership:
    """Make somebody a member, as staff; who is one already stays as they are."""
    with next_change(group.pk) as change:
        actor = change.admit(actor)
        relation = change.relation(actor, user.pk)
        member = make_member(change, user, is_allowed=roles.may("join", role_of(actor), relation))
        if not change.is_withdrawn:
            write_act("let_in", actor=actor, user_id=user.pk, group_id=group.pk)
        return member


@verb("leave", actor=Membership, form=NothingForm, limit="membership")
def leave_group(membership: Membership) -> None:
    """End the person's own membership. Raises Refused for the last owner: someone must hold the keys."""
    with next_change(membership.group_id) as change:
        leaving = Membership.objects.select_related("user").filter(pk=membership.pk).first()
        if leaving is None:
            change.withdraw()
            return
        require("leave", leaving.role, code=Code.NOT_TO_LEAVE)
        if leaving.is_last_owner():
            raise Refused(_keeps_the_keys(leaving))
        leaving.delete()
        _tell(change, Kind.LEFT, leaving.user)
        _ring(change.group_id, leaving.user_id)


@verb("leave", actor=User, form=GroupForm, limit="membership", then="lobby")
def leave_from_lobby(user: User, *, group: Group) -> None:
    """Leave a group that one may have left already, in another tab."""
    membership = user.memberships.filter(group=group).first()
    if membership is not None:
        leave_group(membership)


@verb("notify", actor=Membership, form=LevelForm, limit="level")
def change_level(membership: Membership, *, level: str) -> None:
    """Choose of what in the group one is told. Nobody else sees it, so it takes no number of the log."""
    with transaction.atomic():
        change = without_number(membership.group_id)
        member = change.admit_member(membership)
        require("notify", member.role, code=Code.NOT_A_MEMBER)
        if member.level != level:
            Membership.objects.filter(pk=member.pk).update(level=level)
            doorbell.ring_person(member.user_id)


def mark_read(marks: Mapping[tuple[int, int], Mark]) -> None:
    """Write how far people have read, by person and group; never less far than before.

    What somebody has marked as unread is not read by a page that was there before (Mark.upto). It is nothing
    that others see, so it takes no number of the log.
    """
    table = connection.ops.quote_name(Membership._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET read_upto = %s"  # noqa: S608
            " WHERE user_id = %s AND group_id = %s AND read_upto < %s"
            " AND (unread_at <= %s AND markings <= %s OR unread_at < %s)",
            # In order, so that two who write several cannot wait for each other.
            [
                (mark.position, *place, mark.position, *mark.marking, mark.position)
                for place, mark in sorted(marks.items())
            ],
        )
        for user_id in {user_id for user_id, _ in marks}:
            doorbell.ring_read(user_id)


@verb("mark_unread", actor=Membership, form=LineForm, limit="post", is_of_line=True)
def mark_unread(membership: Membership, *, entry: Entry) -> None:
    """Have the member not have read this message, nor what stands below it. Nobody else sees that."""
    with transaction.atomic():
        change = without_number(membership.group_id)
        member = change.admit_member(membership)
        require("mark_unread", member.role, code=Code.NOT_A_MEMBER)
        if not entry.is_message or entry.group_id != member.group_id:
            raise Refused(Code.NO_MESSAGE)
        # 0 is of who has never read here, to whom nothing is unread.
        member.read_upto = max(entry.position - 1, 1)
        member.unread_at = change.number
        # The log may stand where it stood when they last did this.
        member.markings = F("markings") + 1
        member.save(update_fields=["read_upto", "unread_at", "markings"])
        doorbell.ring_unread(member.user_id, member.group_id)


def remove_member(actor: Membership | User, *, membership: Membership) -> None:
    """End somebody else's membership, as a moderator, an owner or staff."""
    with next_change(membership.group_id) as change:
        actor = change.admit_host(actor)
        removed = Membership.objects.select_related("user").filter(pk=membership.pk).first()
        if removed is None:
            change.withdraw()
            return
        relation = change.relation(actor, removed.user_id)
        require("remove", role_of(actor), relation, code=Code.NOT_TO_REMOVE)
        by, whom = user_of(actor), {"user_id": removed.user_id, "group_id": removed.group_id}
        write_act("remove", actor=actor, details={"role": removed.role}, **whom)
        end_membership(change, removed, by)


def end_membership(change: Change, removed: Membership, by: User) -> None:
    """Put somebody out of the group, and say so in its log."""
    removed.delete()
    change.add_line(Kind.REMOVED, author=by, subject=removed.user)
    _ring(change.group_id, removed.user_id)


def hand_over(actor: Membership | User, *, successor: Membership) -> None:
    """Make a member the owner: in one's own place, or as staff beside the owners there are.

    Staff may, because a group whose last owner was removed or deleted has nobody else to ask.
    """
    with next_change(successor.group_id) as change:
        actor = change.admit_host(actor)
        heir = change.admit_member(successor)
        relation = change.relation(actor, heir.user_id)
        require("hand_over", role_of(actor), relation, code=Code.NOT_TO_HAND_OVER)
        if heir.role == Role.OWNER:
            change.withdraw()
            return
        details = {"before": heir.role, "after": Role.OWNER}
        whom = {"user_id": heir.user_id, "group_id": change.group_id}
        write_act("hand_over", actor=actor, details=details, **whom)
        heir.role = Role.OWNER
        heir.save(update_fields=["role"])
        if isinstance(actor, Membership):
            actor.role = Role.MEMBER
            actor.save(update_fields=["role"])
        change.add_line(Kind.HANDED_OVER, author=user_of(actor), subject=heir.user)


def make_member(change: Change, user: User, *, is_allowed: bool = True) -> Membership:
    """Make the person a member, if that is allowed; for who is one already the change is withdrawn."""
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise Refused(Code.NOT_ACTIVE)
    of_theirs = Membership.objects.filter(group=change.group_id, user=user)
    membership = of_theirs.select_related("group", "user").first()
    if membership is not None:
        change.withdraw()
        return membership
    if not is_allowed:
        raise Refused(Code.NOT_TO_LET_IN)
    refuse_barred(change.group_id, user)
    # What was written before somebody came is not unread.
    membership = Membership.objects.create(
        group_id=change.group_id,
        user=user,
        read_upto=change.number,
        muted_until=_still_muted(change.group_id, user),
    )
    _tell(change, Kind.JOINED, user)
    _ring(change.group_id, user.pk)
    return membership


def refuse_barred(group_id: int, user: User) -> None:
    """Raise Refused where the group does not let this person in."""
    bar = Bar.objects.in_force().filter(group=group_id, user=user).first()
    if bar is not None:
        raise barred_by(bar)


def _still_muted(group_id: int, user: User) -> datetime | None:
    """Return until when somebody has to wait who left and comes back: their time-out goes on."""
    done = Act.objects.filter(group_id=group_id, user_id=user.pk)
    latest = done.filter(kind__in=["time_out", "end_time_out"]).order_by("-pk").first()
    return latest.until if latest and latest.until and latest.until > timezone.now() else None


def _tell(change: Change, kind: Kind, user: User) -> None:
    """Write that the person joined or left; whoever does so again and again has one line."""
    line = Entry.objects.passing(change.group_id, user)
    if line is None:
        change.add_line(kind, author=user, subject=user)
        return
    first = line.text or line.kind
    change.alter_line(line, kind=kind, text="" if first == kind else first)


def _keeps_the_keys(owner: Membership) -> Code:
    """Return why the last owner stays: someone must hold the keys."""
    others = Membership.objects.standing().filter(group=owner.group_id).exclude(pk=owner.pk)
    if others.exists():
        return Code.ONLY_OWNER
    return Code.ONLY_MEMBER


def _ring(group_id: int, user_id: int) -> None:
    doorbell.ring_lobby(group_id)
    doorbell.ring_person(user_id)
