"""What is done to a person on the whole site: bans."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss.actions.people import announce_account, announce_standing
from discuss.models import Ban, User
from discuss.moderation.actions.acts import PERSON, Doing, act


@act(
    "ban",
    of=PERSON,
    label=_("Ban from the site"),
    done=_("Banned from the site"),
    undone_by="end_ban",
    lasts=True,
)
def ban(doing: Doing) -> None:
    """Close somebody's account, for a time or for good: their pages end, and they come in nowhere."""
    person = doing.user
    before = Ban.objects.filter(user=person).first()
    # An account that staff closed otherwise is not opened when a ban ends.
    is_closed = person is not None and not person.is_active and before is None
    if person is None or is_closed or (before and before.until == doing.why.until):
        return
    doing.record(before=before.until.isoformat() if before and before.until else None)
    values = {"reason": doing.why.reason, "until": doing.why.until, "at": timezone.now()}
    Ban.objects.update_or_create(user=person, defaults=values)
    _set_active(person, doing, is_active=False)


@act("end_ban", of=PERSON, label=_("End the ban"), done=_("Ban ended"), right="ban", undoes="ban")
def end_ban(doing: Doing) -> None:
    """Let somebody in again."""
    person = doing.user
    if person is None or not Ban.objects.filter(user=person).exists():
        return
    doing.record()
    Ban.objects.filter(user=person).delete()
    _set_active(person, doing, is_active=True)


def _set_active(person: User, doing: Doing, *, is_active: bool) -> None:
    if person.is_active != is_active:
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        announce_account(doing.by, user=person)
    announce_standing(person)
