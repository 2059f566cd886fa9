"""Filters for tests: written and switched on as an owner or staff do it."""

from typing import Any

from django.contrib.auth.models import Permission

from discuss.models import Filter, Group, Membership, User
from discuss.moderation.actions import make_filter, switch_filter
from discuss.reading.filters import known_filters
from tests.cast import Cast

# What a form gives.
WORDS = {"kind": "words", "name": "No spam", "terms": "spam", "does": "block"}


def staff(*rights: str, name: str = "sam") -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def ruled(cast: Cast, *, group: Group | None = None, is_on: bool = True, **values: Any) -> Filter:
    """Write a filter of the Kitchen, or of another group, and switch it on."""
    group = group or cast.kitchen
    owner = Membership.objects.get(group=group, user=cast.ann)
    return _switched(owner, make_filter(owner, group=group, **WORDS | values), is_on)


def ruled_everywhere(is_on: bool = True, **values: Any) -> Filter:
    """Write a filter of the whole site and switch it on."""
    boss = User.objects.filter(username="sam").first() or staff("change_filter")
    return _switched(boss, make_filter(boss, group=None, **WORDS | values), is_on)


def _switched(actor: Membership | User, made: Filter, is_on: bool) -> Filter:
    if is_on:
        switch_filter(actor, filter=made, is_on=True)
    # As on commit, which many tests never come to.
    known_filters.renew()
    made.refresh_from_db()
    return made
