"""Who reacted to which message, and with what."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.entry import Entry
from discuss.rules.reactions import EMOJI_LENGTH


class Reaction(models.Model):
    """An emoji that a person gave a message. What the message shows of it is in `Entry.reactions`.

    `actions.reactions` writes both under the lock of the group. Before an account goes, `actions.deletions`
    takes away what its person gave, line by line and by numbers.
    """

    entry = models.ForeignKey(
        Entry,
        models.DB_CASCADE,
        related_name="+",
        db_index=False,  # the constraint begins with it
    )
    # The database refuses to delete somebody who reacted, and does not delete what they gave: that would take
    # no number. A process of a version that knows nothing of reactions leaves the last step to one that does.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+")
    emoji = models.CharField(max_length=EMOJI_LENGTH)

    objects: ClassVar[models.Manager["Reaction"]] = models.Manager()

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "user", "emoji"], name="one_of_each_reaction")
        ]

    def __str__(self) -> str:
        return gettext("reaction %(number)s") % {"number": self.pk}
