"""What the site is called: staff with the right say it."""

from functools import partial

from django.db import transaction

from discuss import doorbell
from discuss.models import Site, User
from discuss.models.site import ROW
from discuss.rules.refusals import Code, Refused
from discuss.site import site


def change_site(actor: User, *, name: str, words: str) -> Site:
    """Call the site so; what is empty is said by the settings. Raises Refused."""
    with transaction.atomic():
        staff = User.objects.filter(pk=actor.pk, is_active=True, is_staff=True).first()
        if staff is None or not staff.has_perm("discuss.change_site"):
            raise Refused(Code.STAFF_ONLY)
        row, _ = Site.objects.update_or_create(defaults={"name": name, "words": words}, pk=ROW)
        # Whoever did it sees it on their next page, which may be here sooner than the bell.
        transaction.on_commit(partial(site.keep, name, words))
        doorbell.ring_site()
        return row
