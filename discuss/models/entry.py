"""The log: one line for every message and event, numbered by its group's counter."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.entries import EntryQuerySet
from discuss.models.group import Group
from discuss.models.kinds import PASSING_KINDS, Kind
from discuss.models.quote import Quote
from discuss.rules.emoji import is_emoji_alone
from discuss.rules.excerpts import excerpt
from discuss.rules.mentions import Names
from discuss.rules.stored_html import text_html

# A message this soon after one of the same author stands below it without a head of its own.
GROUPED_WITHIN = timedelta(minutes=10)

# What stands in a kept address for the position: no log has so many lines, and no uuid such a part.
_A_POSITION = str(10**18)


class Entry(models.Model):
    """One line of a group's log.

    `position` is the number it entered with, `change` the number of its latest change; both come from
    the group's counter. `author` is who did it; `subject` whom an event is about. A person who was
    deleted leaves both empty: "someone". The `kind` of somebody who joined and left is the last of it, and
    `text` the first where that is another. Who is `named` has the new name as `text`, and the one before in
    `details`; both are empty where staff took it away. What was pinned stands in `details`, by its position.
    Where a setting of the group was `set`, they say which, and `to` what.
    """

    group = models.ForeignKey(
        Group,
        models.DB_CASCADE,
        verbose_name=_("group"),
        related_name="entries",
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    position = models.PositiveBigIntegerField(_("position"))
    change = models.PositiveBigIntegerField(_("change"))
    # What the database sets to NULL takes no number: actions.deletions does it line by line, before.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_SET_NULL,
        verbose_name=_("author"),
        null=True,
        related_name="entries",
        db_index=False,  # the constraint on (author, nonce) begins with it
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_SET_NULL,
        verbose_name=_("subject"),
        null=True,
        related_name="+",
    )
    timestamp = models.DateTimeField(_("timestamp"), default=timezone.now, db_default=Now())
    text = models.TextField(_("text"), blank=True, default="", db_default="")
    # What a message's text looks like, and the renderer that made it (discuss.rules.stored_html).
    # NULL where there is none: it is made of the text each time that it is shown.
    html = models.TextField(null=True, editable=False)  # noqa: DJ001 (as above)
    # A positive field has a check. PostgreSQL would try it on every line, and others would wait.
    renderer = models.SmallIntegerField(null=True, editable=False)
    # The message that this one answers.
    reply_to = models.ForeignKey(
        "self",
        models.DB_SET_NULL,
        null=True,
        editable=False,
        related_name="replies",
        db_index=False,  # replies_by_message is smaller
    )
    # What an event says besides its people and its text; of a message, whom it mentions.
    details = models.JSONField(null=True, editable=False)
    # What people reacted with to a message: [[emoji, [their keys]]], each in order of time. NULL: nobody did.
    reactions = models.JSONField(null=True, editable=False)
    # The number by which it was pinned; 0 where it is so no more. NULL: it never was.
    pin = models.BigIntegerField(null=True, editable=False)
    nonce = models.CharField(max_length=60, null=True, editable=False)  # noqa: DJ001 (events: NULL is distinct)
    edited_at = models.DateTimeField(_("edited at"), null=True, editable=False)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, editable=False)
    # The act by which a moderator hid it. NULL where it is not hidden, and where its author removed it.
    hidden_by = models.BigIntegerField(null=True, editable=False)

    objects: ClassVar = EntryQuerySet.as_manager()

    # From for_display().
    head: int
    epoch: str
    group_uuid: UUID
    previous_kind: str | None
    previous_author_id: int | None
    previous_timestamp: datetime | None
    quoted_position: int | None = None
    quoted_author: str | None = None
    quoted_text: str | None = None
    quoted_hidden_at: datetime | None = None

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        # More than to hide a message, which moderators of the site may: nobody takes it back.
        permissions: ClassVar = [("erase_entry", "Can erase entry")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "position"], name="one_line_per_position"),
            models.UniqueConstraint(fields=["author", "nonce"], name="one_message_per_nonce"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["group", "change"], name="log_by_change"),
            # The database looks for replies to each line that is deleted.
            models.Index(
                fields=["reply_to"],
                name="replies_by_message",
                condition=models.Q(reply_to__isnull=False),
            ),
            models.Index(
                fields=["group", "pin"],
                name="pinned_lines",
                condition=models.Q(pin__gt=0),
            ),
        ]

    def __str__(self) -> str:
        names = {"kind": self.kind, "position": self.position, "group": self.group_id}
        return gettext("%(kind)s %(position)s in group %(group)s") % names

    @property
    def is_message(self) -> bool:
        return self.kind == Kind.MESSAGE

    @property
    def is_passing(self) -> bool:
        return self.kind in PASSING_KINDS

    @property
    def has_left(self) -> bool:
        """Whether its person left and joined again, by this one line."""
        return self.kind == Kind.JOINED and self.text == Kind.LEFT

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    @property
    def is_pinned(self) -> bool:
        return bool(self.pin)

    @property
    def excerpt(self) -> str:
        """Its text in one line, cut where it is long."""
        return excerpt(self.text)

    @property
    def address(self) -> str:
        """The address of its own page. What is done to it has addresses below."""
        return self.address_at(self.position)

    @property
    def about_author(self) -> str:
        """The address of its author's page in the group; nothing where they are gone."""
        if self.author_id is None:
            return ""
        return reverse("person", args=[self.group_uuid, self.author_id])

    @property
    def pinned_address(self) -> str:
        """The address of the message that was pinned, where this line says so."""
        if self.kind != Kind.PINNED or not self.details:
            return ""
        return self.address_at(self.details["line"])

    @property
    def quote(self) -> Quote | None:
        """What it shows of the message that it answers."""
        return Quote.of(self)

    @property
    def starts_day(self) -> bool:
        """Whether it is the first of its day, in the time zone that is active."""
        if self.previous_timestamp is None:
            return True
        zone = timezone.get_current_timezone()
        before, now = self.previous_timestamp.astimezone(zone), self.timestamp.astimezone(zone)
        return before.date() != now.date()

    @property
    def continues(self) -> bool:
        """Whether it stands below a message of the same author without a head of its own."""
        return (
            self.is_message
            and self.previous_kind == Kind.MESSAGE
            and self.author_id is not None
            and self.previous_author_id == self.author_id
            and self.previous_timestamp is not None
            and self.timestamp - self.previous_timestamp < GROUPED_WITHIN
            and not self.starts_day
        )

    def address_at(self, position: int) -> str:
        """Return the address of the line of its group that has this position."""
        return _address(self.group_uuid).replace(_A_POSITION, str(position))

    @property
    def text_html(self) -> SafeString:
        """What it shows of its text."""
        return text_html(self.text, self.html, self.renderer, self.mention_names)

    @property
    def is_emoji_alone(self) -> bool:
        return is_emoji_alone(self.text)

    @property
    def mention_names(self) -> Names:
        """Whom the names in the text of a message stood for when it was written."""
        names: Names = (self.details or {}).get("mentions", {}) if self.is_message else {}
        return names

    @property
    def mentioned(self) -> str:
        """Whom its text mentions, as the line's `data-mentions`: nobody where it was removed."""
        if self.is_hidden:
            return ""
        return " ".join(map(str, self.mention_names.values()))


@lru_cache(1_000)
def _address(group_uuid: UUID) -> str:
    """Return the address of each line of this group, but for its position.

    For speed only (bench case small-groups): a line names it twice, and Django takes 22 us to find it.
    """
    return reverse("line", args=[group_uuid, int(_A_POSITION)])
