"""What happens to people as such: their sessions end, their account goes."""

from django.db import transaction
from django.db.models import Q, QuerySet

from discuss import doorbell
from discuss.actions.change import next_change
from discuss.models import Entry, Kind, Membership, Session, User

# Sessions that end in one transaction.
SESSIONS_AT_ONCE = 200


def announce_standing(user: User) -> None:
    """Have every process look again at who this person is: after log-out, a new password, deactivation."""
    doorbell.ring_person(user.pk)


def log_everyone_out() -> int:
    """End all sessions, and return how many there were. Open pages are closed."""
    ended = 0
    # Little by little, because writers wait for each other.
    while keys := list(Session.objects.values_list("pk", flat=True)[:SESSIONS_AT_ONCE]):
        with transaction.atomic():
            sessions = Session.objects.filter(pk__in=keys)
            people = set(sessions.exclude(user=None).values_list("user", flat=True))
            ended += sessions.delete()[0]
            for user_id in people:
                doorbell.ring_person(user_id)
    return ended


def announce_account(staff: User, *, user: User) -> None:
    """Say in each of the person's groups that `staff` closed their account, or opened it again.

    Called in the transaction that saves `is_active`, so that the list of members is told with the line.
    """
    kind = Kind.ACCOUNT_REOPENED if user.is_active else Kind.ACCOUNT_CLOSED
    for group_id in sorted(user.memberships.values_list("group_id", flat=True)):
        with next_change(group_id) as change:
            change.add_line(kind, author=staff, subject=user)


def delete_user(user: User) -> None:
    """Delete the account and keep its lines, as someone's. Each of them changes on open pages.

    Called for staff (the admin). Several groups are locked in order of primary key, so that two such
    actions cannot wait for each other.
    """
    with transaction.atomic():
        lines = _lines_of(user)
        memberships = Membership.objects.filter(user=user)
        done: set[int] = set()
        # Once more than it seems to take: until the groups are locked, the person may enter another.
        while groups := _groups_of(user) - done:
            for group_id in sorted(groups):
                with next_change(group_id) as change:
                    lines.filter(group_id=group_id).update(change=change.number)
                    if memberships.filter(group_id=group_id).delete()[0]:
                        change.add_line(Kind.LEFT)
                    doorbell.ring_lobby(group_id)
            done |= groups
        doorbell.ring_person(user.pk)
        user.delete()


def _lines_of(user: User) -> QuerySet[Entry]:
    return Entry.objects.filter(Q(author=user) | Q(subject=user))


def _groups_of(user: User) -> set[int]:
    entered = Membership.objects.filter(user=user).values_list("group_id", flat=True)
    return {*_lines_of(user).values_list("group_id", flat=True), *entered}
