"""Filters: rules about what people may say, how often each has hit, and what was said lately."""

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss.models.group import Group
from discuss.rules.filters.folding import DIGEST_LENGTH
from discuss.rules.filters.rule import Does, Exempt, FilterKind, Rule

# Characters of a rule's name.
NAME_LENGTH = 60
# The longest time within which a text may not be said again.
LONGEST = timedelta(days=1)


class FilterQuerySet(models.QuerySet["Filter"]):
    def on(self) -> "FilterQuerySet":
        """Return those that are switched on."""
        return self.filter(is_on=True)

    def with_hits(self) -> "FilterQuerySet":
        """Add `hits`: how often each has hit."""
        counted = FilterHits.objects.filter(filter=models.OuterRef("pk")).order_by()
        total = counted.values("filter").annotate(total=models.Sum("hits")).values("total")
        return self.annotate(hits=models.Subquery(total))  # type: ignore[no-redef]


class Filter(models.Model):
    """A rule of a group, which its owners write, or of the whole site, which staff write: without a group.

    `version` grows with each change: by all keys and versions a process knows whether it has them.
    """

    group = models.ForeignKey(
        Group, models.DB_CASCADE, verbose_name=_("group"), null=True, related_name="filters"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=FilterKind.choices)
    # Whoever is refused reads it.
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    # Words and phrases, or hosts: one a line.
    terms = models.TextField(_("terms"), blank=True, default="", db_default="")
    is_part = models.BooleanField(_("parts of words"), default=False, db_default=False)
    # How many, or how much of a hundred, is let through.
    number = models.IntegerField(default=0, db_default=0)
    seconds = models.IntegerField(default=0, db_default=0)
    does = models.CharField(
        _("what it does"), max_length=16, choices=Does.choices, default=Does.NOTE, db_default="note"
    )
    exempt = models.CharField(
        _("exempt"), max_length=16, choices=Exempt.choices, blank=True, default="", db_default=""
    )
    is_for_names = models.BooleanField(_("for names, too"), default=False, db_default=False)
    is_on = models.BooleanField(_("switched on"), default=False, db_default=False)
    version = models.IntegerField(default=1, db_default=1)
    changed_at = models.DateTimeField(
        _("changed at"), default=timezone.now, db_default=Now(), editable=False
    )

    objects: ClassVar = FilterQuerySet.as_manager()

    # From with_hits().
    hits: int | None

    class Meta:
        verbose_name = _("filter")
        verbose_name_plural = _("filters")
        # They are made and changed on pages of their own.
        default_permissions = ("change", "view")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> Rule:
        """It as it is matched."""
        return Rule(
            self.pk or 0,
            self.kind,
            self.name,
            tuple(filter(None, map(str.strip, self.terms.split("\n")))),
            self.is_part,
            self.number,
            self.seconds,
            self.does,
            self.exempt,
            self.is_for_names,
            self.group_id,
        )


class FilterHitsQuerySet(models.QuerySet["FilterHits"]):
    def add(self, filter_id: int, day: date, hits: int) -> bool:
        """Add so many hits of a day; return whether there is a row that counts them."""
        return bool(self.filter(filter=filter_id, day=day).update(hits=F("hits") + hits))


class FilterHits(models.Model):
    """How often a filter has hit on a day, by UTC."""

    filter = models.ForeignKey(
        Filter,
        models.DB_CASCADE,
        related_name="days",
        db_index=False,  # the constraint begins with it
    )
    day = models.DateField()
    hits = models.BigIntegerField(default=0, db_default=0)

    objects: ClassVar = FilterHitsQuerySet.as_manager()

    class Meta:
        verbose_name = _("hits of a filter")
        verbose_name_plural = _("hits of filters")
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["filter", "day"], name="one_row_per_filter_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.hits}"


class UtteranceQuerySet(models.QuerySet["Utterance"]):
    def over(self, now: datetime | None = None) -> "UtteranceQuerySet":
        """Return those that no rule can ask for any more."""
        return self.filter(at__lt=(now or timezone.now()) - LONGEST)


class Utterance(models.Model):
    """That somebody said something, by what stands for its text. Kept for a day, where a rule asks for it."""

    group = models.ForeignKey(Group, models.DB_CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_CASCADE,
        related_name="+",
        db_index=False,  # said_by begins with it
    )
    digest = models.CharField(max_length=DIGEST_LENGTH)
    at = models.DateTimeField(default=timezone.now, db_default=Now(), db_index=True)

    objects: ClassVar = UtteranceQuerySet.as_manager()

    class Meta:
        verbose_name = _("utterance")
        verbose_name_plural = _("utterances")
        default_permissions: ClassVar = ()
        indexes: ClassVar = [models.Index(fields=["user", "digest", "at"], name="said_by")]

    def __str__(self) -> str:
        return self.digest
