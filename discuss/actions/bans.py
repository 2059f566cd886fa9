"""Bans end by themselves: at the next log-in of their person, or soon after their time."""

from django.db import transaction
from django.utils import timezone

from discuss.actions.people import announce_account, announce_standing, decided_about
from discuss.actions.record import write_act
from discuss.models import Act, Ban, User


def end_ban_if_over(user: User) -> bool:
    """Open the account of somebody whose ban has ended; return whether it was so."""
    with transaction.atomic():
        person = decided_about(user)
        over = Ban.objects.filter(user=user.pk, until__lte=timezone.now())
        if person is None or not over.exists():
            return False
        over.delete()
        if not person.is_active:
            person.is_active = True
            person.save(update_fields=["is_active"])
            announce_account(None, user=person)
        announce_standing(person)
        last = Act.objects.filter(kind="ban", user_id=person.pk).order_by("-pk").first()
        write_act("end_ban", actor=None, user_id=person.pk, undoes_id=last.pk if last else None)
        return True


def end_bans(most: int) -> int:
    """End up to so many bans whose time is over, and return how many."""
    over = Ban.objects.filter(until__lte=timezone.now()).select_related("user").order_by("until")
    return sum(end_ban_if_over(ban.user) for ban in over[:most])
