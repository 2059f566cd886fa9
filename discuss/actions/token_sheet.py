"""The look of the site: staff with the right give tokens values, and take the last version back."""

from collections.abc import Mapping
from functools import partial

from django.db import IntegrityError, transaction

from discuss import doorbell
from discuss.design.rules.access import may_change_tokens
from discuss.design.rules.sheets import known_values, site_sheet
from discuss.models import TokenSheet, User
from discuss.models.token_sheet import VERSIONS_KEPT
from discuss.reading.token_sheet import read_values
from discuss.rules.refusals import Code, Refused
from discuss.token_sheet import token_sheet


def change_token_sheet(actor: User, *, values: Mapping[str, str], basis: int) -> bool:
    """Have pages wear these values; return whether that is anything new. Raises Refused.

    `basis` is the key of the version that the actor changed, 0 where there was none: whoever has changed
    another one would take away what they never saw. Keys never come again, as numbers do after one was taken
    back.
    """
    with transaction.atomic():
        staff = _staff(actor)
        latest = _latest(basis)
        wanted = known_values(dict(values))
        if site_sheet(wanted) == site_sheet(latest.values if latest else {}):
            return False
        number = latest.number + 1 if latest else 1
        try:
            with transaction.atomic():
                TokenSheet.objects.create(number=number, values=wanted, made_by=staff)
        except IntegrityError:
            raise Refused(Code.CHANGED_MEANWHILE) from None
        TokenSheet.objects.filter(number__lte=number - VERSIONS_KEPT).delete()
        _tell()
        return True


def take_back_token_sheet(actor: User, *, basis: int) -> None:
    """Have pages wear the version before this one, which is the latest. Raises Refused."""
    with transaction.atomic():
        _staff(actor)
        latest = _latest(basis)
        if latest is None or not TokenSheet.objects.filter(pk=latest.pk).delete()[0]:
            raise Refused(Code.CHANGED_MEANWHILE)
        _tell()


def _staff(actor: User) -> User:
    staff = User.objects.filter(pk=actor.pk, is_active=True, is_staff=True).first()
    if staff is None or not may_change_tokens(staff):
        raise Refused(Code.STAFF_ONLY)
    return staff


def _latest(basis: int) -> TokenSheet | None:
    """Return the latest version, which is of this key."""
    latest: TokenSheet | None = TokenSheet.objects.latest_first().first()
    if (latest.pk if latest else 0) != basis:
        raise Refused(Code.CHANGED_MEANWHILE)
    return latest


def _tell() -> None:
    # Whoever did it sees it on their next page, which may be here sooner than the bell.
    transaction.on_commit(partial(token_sheet.keep, site_sheet(read_values())))
    doorbell.ring_site()
