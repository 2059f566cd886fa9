"""What stands in people's composers and was not sent yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from discuss.models.membership import Membership
from discuss.rules.drafts import Drafts, from_stored


class KeptDraft(models.Model):
    """What a member was writing into the group when they left its page. Of nothing there is no row.

    A table of its own, because memberships are read with each message and each list of members.
    """

    membership = models.OneToOneField(
        Membership, models.DB_CASCADE, primary_key=True, related_name="kept_draft"
    )
    # The latest.
    text = models.TextField(default="", db_default="")
    # All of them, as discuss.rules.drafts.stored() says. NULL: a version before this wrote the row.
    drafts = models.JSONField(null=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return f"{self.membership_id}"

    @property
    def all(self) -> Drafts:
        """All drafts, the latest first."""
        return from_stored(self.text, self.drafts)
