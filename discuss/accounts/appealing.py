"""The way to appeal for whoever cannot log in."""

from django.urls import reverse

from discuss.models import Appeal, User
from discuss.moderation.actions import may_be_heard
from discuss.moderation.forms.appeals import token_of
from discuss.moderation.reading.appeals import latest_ban


def appeal_address(user: User) -> str:
    """Return the address of the appeal against somebody's ban, which nobody else can make up.

    It is shown to whoever has given the right password. Nothing where there is nobody who could decide.
    """
    ban = latest_ban(user.pk)
    if ban is None:
        return ""
    has_appealed = Appeal.objects.filter(act_id=ban.pk).exists()
    if not has_appealed and not may_be_heard(user, ban):
        return ""
    return reverse("appeal_of_ban", args=[token_of(ban.pk)])
