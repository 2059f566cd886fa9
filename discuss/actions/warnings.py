"""Reading the warnings that moderators gave."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from discuss import doorbell
from discuss.actions.change import without_number
from discuss.forms import WarningForm
from discuss.models import Membership, Warning
from discuss.verbs import verb


@verb("acknowledge", actor=Membership, form=WarningForm, limit="post")
def acknowledge(membership: Membership, *, warning: int) -> None:
    """Say that one has read a warning of one's own; then one may write again. Nobody else sees it."""
    with transaction.atomic():
        member = without_number(membership.group_id).admit_member(membership)
        # Of this group, or of the site: its page shows no other.
        shown = Q(group=member.group_id) | Q(group=None)
        own = Warning.objects.unread().filter(shown, pk=warning, user=member.user_id)
        if own.update(read_at=timezone.now()):
            doorbell.ring_person(member.user_id)
