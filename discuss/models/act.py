"""The record: what moderators did, to whom, where and why. A row of it never changes."""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from discuss.rules.reasons import NOTE_LENGTH


class RecordStays(TypeError):
    """Somebody wants to change or delete a row of the record."""

    def __init__(self) -> None:
        super().__init__("A row of the record is neither changed nor deleted.")


class ActQuerySet(models.QuerySet["Act"]):
    """Rows that are read and added. The database refuses the rest, too (discuss/db/append_only.py)."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise RecordStays

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordStays

    def delete(self) -> NoReturn:
        raise RecordStays


class Act(models.Model):
    """One act: `kind` is its name (discuss/moderation/actions/acts.py).

    Whom and what it names are plain numbers, because a row stays as it is whoever is deleted. Names are
    looked up while there is somebody. `actor_id` is empty where the site did it by itself. `details` say what
    was before and after, and which rule it was; never the text of a message, which an admin may have to
    erase.
    """

    at = models.DateTimeField(_("time"), default=timezone.now, db_default=Now(), editable=False)
    kind = models.CharField(_("act"), max_length=32)
    actor_id = models.BigIntegerField(_("by"), null=True)
    # In which role they did it; empty for the site itself. None of a lower role takes it back.
    role = models.CharField(_("role"), max_length=16, blank=True, default="", db_default="")
    # To whom it was done: the author, where it was done to a message.
    user_id = models.BigIntegerField(_("to"), null=True)
    group_id = models.BigIntegerField(_("group"), null=True)
    entry_id = models.BigIntegerField(_("message"), null=True)
    case_id = models.BigIntegerField(_("case"), null=True)
    reason = models.CharField(_("reason"), max_length=32, blank=True, default="", db_default="")
    note = models.CharField(
        _("note"), max_length=NOTE_LENGTH, blank=True, default="", db_default=""
    )
    until = models.DateTimeField(_("until"), null=True)
    details = models.JSONField(null=True)
    # The filter that it was about, or that did it.
    rule_id = models.BigIntegerField(null=True)
    # The act that this one takes back.
    undoes_id = models.BigIntegerField(null=True)

    objects: ClassVar = ActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act of moderation")
        verbose_name_plural = _("acts of moderation")
        # To add one is to act.
        default_permissions = ("add", "view")
        indexes: ClassVar = [
            models.Index(fields=["group_id", "id"], name="acts_in_group"),
            models.Index(fields=["user_id", "id"], name="acts_to_user"),
            models.Index(fields=["entry_id"], name="acts_on_message"),
            models.Index(fields=["undoes_id"], name="acts_undone"),
            # What the record's page is narrowed down to, each in the order in which it lists.
            models.Index(fields=["actor_id", "id"], name="acts_by_actor"),
            models.Index(fields=["kind", "id"], name="acts_by_kind"),
            models.Index(
                fields=["rule_id", "id"], name="acts_by_rule", condition=Q(rule_id__isnull=False)
            ),
            models.Index(fields=["at"], name="acts_by_time"),
            models.Index(
                fields=["case_id", "id"], name="acts_of_case", condition=Q(case_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(act)s %(number)s") % {"act": self.kind, "number": self.pk}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RecordStays
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordStays
