"""What is done to a person in one group: time-outs, removals, bars, warnings, and their role."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss import doorbell
from discuss.actions.memberships import end_membership, make_member
from discuss.models import Bar, Entry, Kind, Membership, Role, User, Warning
from discuss.models.kinds import ENDING_KINDS
from discuss.moderation.actions.acts import MEMBER, Doing, act
from discuss.rules.refusals import Code, Refused
from discuss.rules.roles import relation

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=28)
# What the clock may do between a form and its action.
LEEWAY = timedelta(minutes=1)


@act(
    "time_out",
    of=MEMBER,
    label=_("Time-out"),
    done=_("Time-out given"),
    undone_by="end_time_out",
    lasts=True,
)
def time_out(doing: Doing) -> None:
    """Have a member write nothing for a time. Who leaves and comes back has to wait no less."""
    member, until, now = _member(doing), doing.why.until, timezone.now()
    if until is None or not SHORTEST - LEEWAY <= until - now <= LONGEST + LEEWAY:
        raise Refused(Code.NO_LENGTH)
    before = member.muted_until
    doing.record(before=before.isoformat() if before and before > now else None)
    _mute(member, doing)


@act(
    "end_time_out",
    of=MEMBER,
    label=_("End the time-out"),
    done=_("Time-out ended"),
    right="time_out",
    undoes="time_out",
)
def end_time_out(doing: Doing) -> None:
    member = _member(doing)
    if member.muted_until and member.muted_until > timezone.now():
        doing.record()
        _mute(member, doing)


@act(
    "remove",
    of=MEMBER,
    label=_("Remove from the group"),
    done=_("Removed from the group"),
    undone_by="let_in_again",
)
def remove(doing: Doing) -> None:
    """Put somebody out, who can join again."""
    member = doing.membership
    if member is not None:
        doing.record(role=member.role)
        end_membership(doing.in_log, member, doing.by)


@act(
    "let_in_again",
    of=MEMBER,
    label=_("Make a member again"),
    done=_("Made a member again"),
    right="remove",
    undoes="remove",
)
def let_in_again(doing: Doing) -> None:
    """Make somebody a member again who was removed, and has not left by themselves since."""
    if doing.membership is not None or doing.user is None or doing.undone is None:
        return
    if is_removed(doing.group_id, doing.user):
        doing.record()
        make_member(doing.in_log, doing.user)


def is_removed(group_id: int, user: User) -> bool:
    """Whether somebody who is no member was removed last, and nothing keeps them out."""
    ends = Entry.objects.filter(group=group_id, subject=user, kind__in=ENDING_KINDS)
    # Not the last one by SQL: a database would look through the whole log for it.
    _, last = max(ends.values_list("position", "kind"), default=(0, ""))
    return (
        last == Kind.REMOVED
        and not Bar.objects.in_force().filter(group=group_id, user=user).exists()
    )


@act(
    "bar",
    of=MEMBER,
    label=_("Bar from the group"),
    done=_("Barred from the group"),
    undone_by="end_bar",
    lasts=True,
)
def bar(doing: Doing) -> None:
    """Put somebody out who is a member, and let them in no more, for a time or for good."""
    if doing.user is None:
        return
    before = Bar.objects.filter(group=doing.group_id, user=doing.user).first()
    until, member = doing.why.until, doing.membership
    if before and member is None and before.until == until:
        return
    doing.record(role=member.role if member else None)
    Bar.objects.update_or_create(
        group_id=doing.group_id, user=doing.user, defaults={"until": until, "at": timezone.now()}
    )
    if member is not None:
        end_membership(doing.in_log, member, doing.by)


@act("end_bar", of=MEMBER, label=_("Let in again"), done=_("Bar lifted"), right="bar", undoes="bar")
def end_bar(doing: Doing) -> None:
    """Let somebody join again."""
    bars = Bar.objects.filter(group=doing.group_id, user=doing.user)
    if bars.exists():
        doing.record()
        bars.delete()


@act("warn", of=MEMBER, label=_("Warn"), done=_("Warned"), undone_by="take_warning_back")
def warn(doing: Doing) -> None:
    """Have a member read a warning before they write again."""
    member = _member(doing)
    done = doing.record()
    Warning.objects.create(
        user=member.user,
        group_id=doing.group_id,
        act_id=done.pk,
        reason=doing.why.reason,
        note=doing.why.note,
    )
    doorbell.ring_person(member.user_id)


@act(
    "take_warning_back",
    of=MEMBER,
    label=_("Take the warning back"),
    done=_("Warning taken back"),
    right="warn",
    undoes="warn",
)
def take_warning_back(doing: Doing) -> None:
    """Have nobody read a warning any more that was not read yet; on an appeal, take a read one back, too."""
    given = Warning.objects.filter(group=doing.group_id, user=doing.user)
    asked = doing.why.undoes
    found = given.filter(act_id=asked) if asked else given.unread()
    latest = found.order_by("-pk").first()
    if latest is not None and doing.user is not None:
        doing.record(undoes=latest.act_id)
        Warning.objects.unread().filter(pk=latest.pk).update(read_at=timezone.now())
        doorbell.ring_person(doing.user.pk)


@act(
    "promote",
    of=MEMBER,
    label=_("Give a higher role"),
    done=_("Given a higher role"),
    undone_by="demote",
)
def promote(doing: Doing) -> None:
    """Make a member a moderator, or an owner beside the owners there are."""
    _change_role(doing, doing.why.role or Role.MODERATOR, Kind.PROMOTED)


@act(
    "demote",
    of=MEMBER,
    label=_("Make a member without rights"),
    done=_("Made a member without rights"),
    undoes="promote",
)
def demote(doing: Doing) -> None:
    """Take the role of a moderator away."""
    _change_role(doing, Role.MEMBER, Kind.DEMOTED)


def _change_role(doing: Doing, role: str, kind: Kind) -> None:
    member = _member(doing)
    is_higher = relation(member.role, role) == "higher"
    if role == member.role or is_higher != (kind == Kind.PROMOTED):
        return
    doing.record(before=member.role, after=role)
    member.role = role
    member.save(update_fields=["role"])
    doing.in_log.add_line(kind, author=doing.by, subject=member.user, text=role)
    doorbell.ring_person(member.user_id)


def _member(doing: Doing) -> Membership:
    """Return the person's membership; it is done to members alone."""
    if doing.membership is None:
        raise Refused(Code.NO_MEMBER)
    return doing.membership


def _mute(member: Membership, doing: Doing) -> None:
    member.muted_until = doing.why.until
    member.save(update_fields=["muted_until"])
    doorbell.ring_person(member.user_id)
