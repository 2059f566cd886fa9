"""Making, changing and deleting groups."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from discuss import doorbell
from discuss.actions import filtering
from discuss.actions.change import Change, next_change, require, role_of, user_of
from discuss.actions.deletions import begin_deletion
from discuss.models import Deletion, Group, Kind, Membership, Role, User
from discuss.rules.refusals import Code, Refused


def create_group(user: User, *, name: str, description: str = "") -> Group:
    """Make a group with the person as its owner. Raises Refused where the name is taken, or filtered."""
    for value in (name, description):
        filtering.refuse_name(value, user_id=user.pk)
    with transaction.atomic():
        with _refusing_taken_names():
            group = Group.objects.create(name=name, description=description)
        with next_change(group.pk) as change:
            Membership.objects.create(
                group=group, user=user, role=Role.OWNER, read_upto=change.number
            )
            change.add_line(Kind.CREATED, author=user, subject=user)
        doorbell.ring_lobby(group.pk)
        doorbell.ring_person(user.pk)
    return group


def change_group(actor: Membership | User, *, group: Group, name: str, description: str) -> None:
    """Give the group another name or description, as an owner or as staff. Each that differs is an event."""
    if isinstance(actor, Membership):
        for value in {name, description} - {group.name, group.description}:
            filtering.refuse_name(value, user_id=actor.user_id, group_id=group.pk)
    with transaction.atomic():
        for field, kind, value in (
            ("name", Kind.RENAMED, name),
            ("description", Kind.DESCRIBED, description),
        ):
            with next_change(group.pk) as change:
                keeper = _admit_keeper(change, actor, "change")
                present = Group.objects.get(pk=group.pk)
                if getattr(present, field) == value:
                    change.withdraw()
                    continue
                setattr(present, field, value)
                with _refusing_taken_names():
                    present.save(
                        update_fields=["name", "name_key", "description", "description_key"]
                    )
                change.add_line(kind, author=user_of(keeper), text=value)
                doorbell.ring_lobby(group.pk)


def delete_group(actor: Membership | User, *, group: Group) -> None:
    """Delete the group and its log, as an owner or as staff. Open pages are told.

    It is gone for everybody at once, and its name is free. Its lines go little by little.
    """
    with next_change(group.pk) as change:
        keeper = _admit_keeper(change, actor, "close")
        memberships = Membership.objects.filter(group=group)
        members = list(memberships.values_list("user_id", flat=True))
        memberships.delete()
        # Such a name can be nobody's: no key of one has capitals.
        nameless = f"DELETED {group.pk}"
        Group.objects.filter(pk=group.pk).update(
            is_deleted=True, name=nameless, name_key=nameless, description="", description_key=""
        )
        begin_deletion(Deletion(group=group), actor=user_of(keeper))
        doorbell.ring_lobby(group.pk)
        for user_id in members:
            doorbell.ring_person(user_id)


def _admit_keeper(change: Change, actor: Membership | User, verb: str) -> Membership | User:
    keeper = change.admit_host(actor)
    require(verb, role_of(keeper), code=Code.OWNERS_ONLY)
    return keeper


@contextmanager
def _refusing_taken_names() -> Iterator[None]:
    """Turn the database's refusal of a name into ours.

    The constraint alone decides. A look beforehand misses a group that somebody else makes meanwhile.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Refused(Code.NAME_TAKEN) from None
