"""Moderators of the site: people with the rights that it takes to keep order, and no others."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Group as PermissionGroup, Permission
from django.db import transaction

from discuss.actions.people import announce_standing, decided_about
from discuss.actions.record import write_act
from discuss.models import User
from discuss.rules.refusals import Code, Refused
from discuss.rules.rights import MODERATORS, RIGHTS

# What makes somebody more than others on the whole site.
STANDING = ("is_staff", "is_superuser")


def make_site_moderator(actor: User, *, user: User) -> bool:
    """Give the person the rights; return whether they had them not. Raises Refused.

    Superusers alone do, who have all rights: nobody gives what they have not.
    """
    with transaction.atomic():
        person = _decided_by_superuser(actor, user)
        if person is None or person.is_superuser:
            return False
        if not person.is_active:
            raise Refused(Code.NOT_ACTIVE)
        group, _ = PermissionGroup.objects.get_or_create(name=MODERATORS)
        # Each time, so that they are those of this version.
        rights = Permission.objects.filter(content_type__app_label="discuss", codename__in=RIGHTS)
        group.permissions.set(rights)
        if person.is_staff and person.groups.contains(group):
            return False
        if not person.is_staff:
            # Rights of somebody who was staff once would wake.
            person.user_permissions.clear()
            person.groups.clear()
        person.groups.add(group)
        write_act("make_site_moderator", actor=actor, user_id=person.pk)
        return _save(person, is_staff=True)


def take_site_moderators_rights(actor: User, *, user: User) -> bool:
    """Take the rights away; return whether the person had them. Who has others besides stays staff."""
    with transaction.atomic():
        person = _decided_by_superuser(actor, user)
        group = PermissionGroup.objects.filter(name=MODERATORS).first()
        if person is None or group is None or not person.groups.contains(group):
            return False
        person.groups.remove(group)
        write_act("take_site_moderators_rights", actor=actor, user_id=person.pk)
        has_others = person.is_superuser or person.user_permissions.exists()
        return _save(person, is_staff=has_others or person.groups.exists())


def record_standing(actor: User, *, user: User, before: Mapping[str, Any]) -> None:
    """Write down that a superuser has made somebody staff or a superuser, or no longer so.

    Called in the transaction that saves it. `before` has what they were.
    """
    was = {name: bool(before.get(name)) for name in STANDING}
    details = {"before": was, "after": {name: getattr(user, name) for name in STANDING}}
    write_act("change_standing", actor=actor, user_id=user.pk, details=details)


def _decided_by_superuser(actor: User, user: User) -> User | None:
    if not User.objects.filter(pk=actor.pk, is_active=True, is_superuser=True).exists():
        raise Refused(Code.SUPERUSERS_ONLY)
    return decided_about(user)


def _save(person: User, *, is_staff: bool) -> bool:
    person.is_staff = is_staff
    person.save(update_fields=["is_staff"])
    announce_standing(person)
    return True
