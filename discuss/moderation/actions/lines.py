"""Hiding what somebody wrote, showing it again, and erasing it for good."""

from django.utils.translation import gettext_lazy as _

from discuss.actions.messages import hide_line
from discuss.moderation.actions.acts import LINE, Doing, act
from discuss.moderation.actions.erasing import erase_lines, forget_for_good


@act("hide", of=LINE, label=_("Hide this message"), done=_("Message hidden"), undone_by="restore")
def hide(doing: Doing) -> None:
    """Leave a tombstone for members, who see no text any more; moderators still do."""
    entry = doing.entry
    if entry is not None and not entry.is_hidden:
        done = doing.record()
        hide_line(doing.in_log, entry, done)


@act("restore", of=LINE, label=_("Show it again"), done=_("Message shown again"), undoes="hide")
def restore(doing: Doing) -> None:
    """Show a message again that a moderator has hidden; what its author removed stays removed."""
    entry = doing.entry
    if entry is not None and entry.hidden_by is not None:
        doing.record(undoes=entry.hidden_by)
        doing.in_log.alter_line(entry, hidden_at=None, hidden_by=None)


@act("erase", of=LINE, label=_("Erase for good"), done=_("Message erased"), is_final=True)
def erase(doing: Doing) -> None:
    """Leave a tombstone, and nothing of what the message said, for nobody. It is not taken back."""
    entry = doing.entry
    if entry is not None and entry.text:
        doing.record()
        erase_lines(doing.in_log, [entry])
        forget_for_good.enqueue()
