"""The link by which the first admin is made in a browser, while there is none."""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from discuss.models import User

# It stands in terminals and in proxies' logs, so it does not for ever.
LASTS = timedelta(days=1)
WORD = "first"
_signer = TimestampSigner(sep=".", salt="discuss.first_admin")


def has_admin() -> bool:
    return User.objects.filter(is_superuser=True).exists()


def new_link() -> str:
    """Return the whole address: signed, so that it is kept nowhere."""
    path = reverse("first_admin", args=[_signer.sign(WORD)])
    return f"{settings.PUBLIC_URL}{path}"


def is_good(token: str) -> bool:
    """Whether it is of such a link, of today, and there is still no admin."""
    try:
        word = _signer.unsign(token, max_age=LASTS)
    except BadSignature:
        return False
    return word == WORD and not has_admin()
