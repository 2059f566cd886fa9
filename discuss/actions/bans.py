"""Bans end by themselves: at the next log-in of their person, or soon after their time."""

import logging

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from discuss.actions.people import announce_account, announce_standing, decided_about
from discuss.actions.record import write_end_of_ban
from discuss.models import Ban, User

logger = logging.getLogger(__name__)


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
        write_end_of_ban(None, user=person)
        return True


def end_bans(most: int) -> int:
    """End up to so many bans whose time is over, and return how many. One that cannot end stops no other."""
    over = Ban.objects.filter(until__lte=timezone.now()).select_related("user").order_by("until")
    return sum(_is_ended(ban) for ban in over[:most])


def _is_ended(ban: Ban) -> bool:
    try:
        return end_ban_if_over(ban.user)
    except (OperationalError, InterfaceError):
        # The database is away or busy, and would be for all others.
        raise
    except Exception:
        logger.exception("The ban of person %s cannot end.", ban.pk)
        return False
