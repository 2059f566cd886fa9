"""What others call a person: changed at once, and then told in each group little by little.

All that shows the name is a line of some group's log, and nothing visible changes without a number. So each
of these lines gets a new one, a few at a time, and nobody waits for them.
"""

import time
from itertools import batched

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from discuss import doorbell
from discuss.actions import filtering
from discuss.actions.change import next_change
from discuss.actions.pauses import pause_after
from discuss.actions.people import admit_decider, decided_about
from discuss.actions.record import write_act
from discuss.actions.steps import LINES_AT_ONCE
from discuss.actions.telling import tell_groups
from discuss.models import Entry, Kind, User, Warning
from discuss.rules.refusals import Code, Refused

# Lines that one task looks at; then the next task is enqueued, behind others that wait.
LINES_A_TASK = 2_000


def change_display_name(user: User, *, display_name: str) -> None:
    """Have others call the person so; where it is empty, by their username.

    Raises Refused where the account is closed, a filter stops the name, or the person may write in some group
    nothing now, and ValidationError where it would pass for another's.
    """
    filtering.refuse_name(display_name, user_id=user.pk)
    try:
        with transaction.atomic():
            User.objects.lock_names()
            person = User.objects.filter(pk=user.pk, is_active=True).first()
            if person is None:
                raise Refused(Code.NOT_ACTIVE)
            # It stands in the log of each group: a way to write where one may not.
            if _is_silenced(person):
                raise Refused(Code.NAME_WAITS)
            if display_name:
                User.objects.refuse_display_name(display_name, person)
            was = _call(person, display_name)
            if person.name != was:
                said = {"text": person.name, "details": {"was": was}}
                tell_groups(Kind.NAMED, author=person, subject=person, **said)
                renew_lines.enqueue(user_id=person.pk)
    except IntegrityError:
        # A process of the version before locks no names.
        raise Refused(Code.USERNAME_TAKEN) from None


def take_display_name(actor: User, *, user: User) -> bool:
    """Have others call the person by their username again, as staff; return whether they did not already.

    The name may offend, so no line says it any more. Raises Refused.
    """
    with transaction.atomic():
        person = decided_about(user)
        if person is None or not person.display_name:
            return False
        acting = admit_decider(actor, person)
        # Not the name itself, which may offend.
        write_act("take_display_name", actor=acting, user_id=person.pk)
        taken = _call(person, "")
        tell_groups(Kind.NAMED, author=acting, subject=person)
        renew_lines.enqueue(user_id=person.pk, taken=taken)
        return True


def _is_silenced(person: User) -> bool:
    """Whether a time-out or an unread warning keeps the person from writing, in some group or in all."""
    return (
        person.memberships.standing().filter(muted_until__gt=timezone.now()).exists()
        or Warning.objects.unread().filter(user=person).exists()
    )


def _call(person: User, display_name: str) -> str:
    """Save the name, and return what others called the person before."""
    was, person.display_name = person.name, display_name
    person.save(update_fields=["display_name", "display_key", "display_look"])
    doorbell.ring_person(person.pk)
    return was


@task
def renew_lines(*, user_id: int, before: int | None = None, taken: str = "") -> None:
    """Give the lines that name the person, of keys below `before`, a new number; the latest come first.

    Lines that say a name that was `taken` away say it no more.
    """
    lines = Entry.objects.filter(Q(author=user_id) | Q(subject=user_id)).order_by("-pk")
    if before is not None:
        lines = lines.filter(pk__lt=before)
    found = list(lines.values_list("group_id", "pk")[:LINES_A_TASK])
    by_group: dict[int, list[int]] = {}
    for group_id, pk in found:
        by_group.setdefault(group_id, []).append(pk)
    for group_id, pks in by_group.items():
        for some in batched(pks, LINES_AT_ONCE):
            begin = time.monotonic()
            try:
                with next_change(group_id) as change:
                    renewed = Entry.objects.filter(pk__in=some)
                    if taken:
                        renewed.naming(taken).update(text="", details=None)
                    renewed.update(change=change.number)
                    change.alter_replies(some)
            except Refused:
                break  # the group is gone
            time.sleep(pause_after(begin))
    if len(found) == LINES_A_TASK:
        renew_lines.enqueue(user_id=user_id, before=found[-1][1], taken=taken)
