"""Mail services whose addresses nobody signs up with, such as those of addresses for ten minutes."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from discuss.rules.filters.hosts import host_key, is_of, readable

REFUSED = _("Addresses of this mail service are not taken here. Please use another one.")


def refuse_disposable(email: str) -> None:
    """Refuse an address of a domain that the setting names, or of one below it. Raises ValidationError.

    It is said before anything is looked up, so that it is the same whether somebody has the address or not.
    """
    host = _folded(email.rpartition("@")[2])
    if host and is_of(host, _refused(settings.REFUSED_MAIL_DOMAINS)):
        raise ValidationError(REFUSED, "disposable")


@cache
def _refused(domains: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_folded, domains))


def _folded(host: str) -> str:
    """Return what all ways to write a host have in common, whatever its alphabet and its encoding."""
    return readable(host_key(readable(host)))
