"""Networks from which nobody signs up, or comes in; and the addresses that people came from lately."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss.rules.networks import Bars
from discuss.rules.reasons import NOTE_LENGTH, Reason

# The longest IPv6 address with the length of its prefix.
NETWORK_LENGTH = 43
ADDRESS_LENGTH = 39


class BlockedNetworkQuerySet(models.QuerySet["BlockedNetwork"]):
    def in_force(self, now: datetime | None = None) -> "BlockedNetworkQuerySet":
        """Return those that have not ended."""
        return self.filter(Q(until=None) | Q(until__gt=now or timezone.now()))

    def over(self) -> "BlockedNetworkQuerySet":
        return self.filter(until__lte=timezone.now())


class BlockedNetwork(models.Model):
    """A network of addresses that is blocked, until then or for good.

    But for its hits a row stays as it is, and another block of the same network is another row. So the number
    of rows and the highest key say whether a process knows them all (discuss/reading/networks.py).
    """

    network = models.CharField(_("network"), max_length=NETWORK_LENGTH, unique=True)
    bars = models.CharField(_("what it bars"), max_length=16, choices=Bars.choices)
    reason = models.CharField(
        _("reason"), max_length=32, choices=Reason.choices, blank=True, default="", db_default=""
    )
    note = models.CharField(
        _("note"), max_length=NOTE_LENGTH, blank=True, default="", db_default=""
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_SET_NULL,
        verbose_name=_("by"),
        null=True,
        related_name="+",
        db_index=False,
    )
    # Its row of the record.
    act_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("time"), default=timezone.now, db_default=Now())
    until = models.DateTimeField(_("until"), null=True, db_index=True)
    # How often somebody was refused by it.
    hits = models.BigIntegerField(_("hits"), default=0, db_default=0)

    objects: ClassVar = BlockedNetworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("blocked network")
        verbose_name_plural = _("blocked networks")
        # Whoever may close accounts may block networks.
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.network

    @property
    def shown(self) -> str:
        """How it is written: a lone address without the length of its prefix."""
        return self.network.removesuffix("/32") if "." in self.network else self.network


class SeenAddressQuerySet(models.QuerySet["SeenAddress"]):
    def kept(self) -> "SeenAddressQuerySet":
        """Return those that are not too old to be looked at."""
        return self.filter(seen_at__gt=_oldest())

    def over(self) -> "SeenAddressQuerySet":
        return self.filter(seen_at__lte=_oldest())


class SeenAddress(models.Model):
    """That somebody signed up or logged in from an address, and when last. Of IPv6 it is a whole /64."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_CASCADE,
        related_name="seen_addresses",
        db_index=False,  # the constraint begins with it
    )
    # As discuss.limits.source has it.
    address = models.CharField(max_length=ADDRESS_LENGTH)
    seen_at = models.DateTimeField(default=timezone.now, db_default=Now(), db_index=True)

    objects: ClassVar = SeenAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address of a person")
        verbose_name_plural = _("addresses of people")
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "address"], name="one_row_per_user_and_address")
        ]
        indexes: ClassVar = [models.Index(fields=["address", "seen_at"], name="seen_there")]

    def __str__(self) -> str:
        return self.address


def _oldest() -> datetime:
    return timezone.now() - timedelta(days=settings.ADDRESSES_KEPT)
