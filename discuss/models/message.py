"""Messages: the lines that people write."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from discuss.models.entry import Entry
from discuss.models.kinds import Kind


class MessageManager(models.Manager["Message"]):
    def get_queryset(self) -> models.QuerySet["Message"]:
        return super().get_queryset().filter(kind=Kind.MESSAGE)


class Message(Entry):
    """What someone wrote."""

    objects: ClassVar[MessageManager] = MessageManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("message")
        verbose_name_plural = _("messages")
