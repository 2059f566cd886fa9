"""A group to play a scene in: made for one person with people who are made up, and deleted with all of it."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from discuss import doorbell
from discuss.actions.change import next_change
from discuss.actions.deletions import begin_deletion
from discuss.actions.memberships import make_member
from discuss.models import Deletion, Group, GroupKind, Hosts, Kind, Membership, Play, Role, User
from discuss.rules.refusals import Code, Refused
from discuss.rules.text import name_key

# After this a play is over, wherever it has come to.
LASTS = timedelta(hours=1)
# Plays at a time, of all people together.
MOST_PLAYS = 20


def begin_play(
    user: User,
    *,
    scene: str,
    name: str,
    description: str,
    people: Mapping[str, str],
    present: Collection[str],
    skin: str = "",
) -> Play:
    """Make a group with this person in it, in the place of the one that they had. Raises Refused.

    `people` are the names that are shown, each with the handle by which it is mentioned; the first owns the
    group. Those who are `present` are in it from the beginning.
    """
    try:
        with transaction.atomic():
            end_play(user)
            # Two who come at once may be one too many; they are few.
            if Play.objects.count() >= MOST_PLAYS:
                raise Refused(Code.MANY_PLAYS)
            play = Play.objects.create(user=user, scene=scene)
            group = _make_group(name, description, skin)
            made = {shown: _make_up(handle, shown) for shown, handle in people.items()}
            _fill(group, [made[shown] for shown in made if shown in present], user)
            play.group = group
            play.people = {shown: person.pk for shown, person in made.items()}
            play.save(update_fields=["group", "people"])
            return play
    except IntegrityError:
        # In another tab another play was begun at the same time.
        raise Refused(Code.MANY_PLAYS) from None


def end_play(user: User, *, begun_before: datetime | None = None) -> bool:
    """Delete the person's play with its group and its people; return whether there was one.

    With `begun_before` one that was begun anew meanwhile goes on. Lines go little by little, as those of
    every group.
    """
    with transaction.atomic():
        found = Play.objects.select_for_update().filter(user=user)
        play = (found.filter(begun_at__lt=begun_before) if begun_before else found).first()
        if play is None:
            return False
        if play.group_id is not None:
            _end_group(play.group_id, user)
        for person in User.objects.filter(pk__in=play.people.values(), is_made_up=True):
            User.objects.filter(pk=person.pk).update(is_active=False)
            begin_deletion(Deletion(user=person), actor=user)
        play.delete()
        return True


def clear_old(most: int) -> int:
    """End up to so many plays that are over, and return how many."""
    over = timezone.now() - LASTS
    plays = list(Play.objects.filter(begun_at__lt=over).select_related("user")[:most])
    return sum(end_play(play.user, begun_before=over) for play in plays)


def join_play(group: Group, person: User) -> None:
    """Have somebody who is made up come into the group, which nobody finds."""
    with next_change(group.pk) as change:
        make_member(change, person)


def wear(group: Group, skin: str) -> None:
    """Have the group wear another skin, as its owner would; the record of moderators is not for plays."""
    with next_change(group.pk) as change:
        present = Group.objects.get(pk=group.pk)
        if present.skin == skin:
            change.withdraw()
            return
        owner = Membership.objects.select_related("user").get(group=group, role=Role.OWNER)
        Group.objects.filter(pk=group.pk, kind=GroupKind.PLAY).update(skin=skin)
        change.add_line(Kind.SET, author=owner.user, details={"setting": "skin", "to": skin})


def _make_group(name: str, description: str, skin: str) -> Group:
    # Its name is nobody else's to have: no key of one has capitals. So others may be called the same.
    token = secrets.token_hex(8)
    group = Group.objects.create(
        name=f"play {token}",
        description=description,
        kind=GroupKind.PLAY,
        pins=Hosts.MEMBERS,
        skin=skin,
    )
    Group.objects.filter(pk=group.pk).update(name=name, name_key=f"PLAY {token}")
    group.refresh_from_db()
    return group


def _make_up(handle: str, shown: str) -> User:
    """Make an account without a password, whose display name anybody else may have too."""
    person = User.objects.create_user(f"{handle}-{secrets.token_hex(3)}", is_made_up=True)
    User.objects.filter(pk=person.pk).update(display_name=shown, display_key=name_key(shown))
    person.display_name = shown
    return person


def _fill(group: Group, people: Collection[User], reader: User) -> None:
    with next_change(group.pk) as change:
        for person in people:
            is_first = person == next(iter(people))
            Membership.objects.create(
                group=group,
                user=person,
                role=Role.OWNER if is_first else Role.MEMBER,
                read_upto=change.number,
            )
        Membership.objects.create(group=group, user=reader, read_upto=change.number)
        owner = next(iter(people))
        change.add_line(Kind.CREATED, author=owner, subject=owner)
        doorbell.ring_person(reader.pk)


def _end_group(group_id: int, user: User) -> None:
    """Have the group be there for nobody, as delete_group does it for an owner."""
    try:
        with next_change(group_id):
            Membership.objects.filter(group=group_id).delete()
            Group.objects.filter(pk=group_id).update(is_deleted=True)
            begin_deletion(Deletion(group_id=group_id), actor=user)
            doorbell.ring_person(user.pk)
    except Refused:
        pass  # it is being deleted already
