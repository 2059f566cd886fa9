"""Events: the lines that say what happened."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from discuss.models.entry import Entry
from discuss.models.kinds import Kind


class EventManager(models.Manager["Event"]):
    def get_queryset(self) -> models.QuerySet["Event"]:
        return super().get_queryset().exclude(kind=Kind.MESSAGE)


class Event(Entry):
    """What happened: someone joined, left, was removed ..."""

    objects: ClassVar[EventManager] = EventManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("event")
        verbose_name_plural = _("events")
