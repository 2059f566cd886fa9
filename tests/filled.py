"""What scripts do in a database of their own (see tests/database.py), before and after it is moved."""

import itertools
import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group as Rights, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from discuss import actions
from discuss.models import Entry, Group, GroupKind, Invitation, Kind, Membership, Posting, User
from discuss.reading.lobby import ListQuery, read_listing
from discuss.reading.log import read_page
from discuss.rendering.audience import Audience
from discuss.rendering.fragments import line
from discuss.rules.stored_html import stored_rendering

LINES = 10_000
PASSWORD = "correct horse battery staple"
LINK = "https://a.example/?x=1&y=2"
TEXT = "🎃 \\N \\. \t 'quoted' \n second, e\u0301 \u202b\u05d0 \U0001f9d1\u200d\U0001f373 Line "


def fill() -> None:
    """Put in everything that has a place there, with LINES lines in one group; print Ann's session."""
    ann = User.objects.create_user("Ann", password=PASSWORD, is_staff=True)
    people = [User.objects.create_user(name) for name in ("BJÖRN", "Ελένη", "straße", "گلناز")]
    kitchen = actions.create_group(ann, name="ÉPICERIE fine", description="Ü\\b \\N")
    actions.create_group(people[0], name="Quiet", description="")
    for person in people:
        actions.join_group(person, group=kitchen)
    actions.leave_group(Membership.objects.get(user=people[3], group=kitchen))
    _talk(kitchen, people)
    # Lines that changed after they were written: their order by change is not that by position.
    for position in range(100, LINES, 300):
        actions.hide_message(ann, entry=kitchen.entries.get(position=position))
    member = Membership.objects.get(user=people[1], group=kitchen)
    own = kitchen.entries.filter(author=people[1], hidden_at=None, kind=Kind.MESSAGE)
    actions.edit_message(member, entry=own.order_by("position")[700], text="Edited")
    _add_what_nobody_does_yet(kitchen)
    actions.make_invitation(ann, group=kitchen, uses=3, days=300)
    actions.delete_user(ann, user=people[2])
    actions.finish_deletions()
    _add_what_is_not_ours(ann, people[0], kitchen)
    browser = Client()
    assert browser.login(username="ann", password=PASSWORD)
    print(browser.cookies["discussit_session"].value)


def _talk(group: Group, people: list[User]) -> None:
    group.refresh_from_db()
    start = timezone.now() - timedelta(days=300)
    numbers = zip(range(group.head + 1, LINES + 1), itertools.cycle(people), strict=False)
    lines = (
        Entry(
            group=group,
            kind=Kind.MESSAGE,
            position=number,
            change=number,
            author=author,
            nonce=f"{number}.x",
            timestamp=start + timedelta(minutes=number),
            text=f"{TEXT}{number} {LINK}",
            **stored_rendering(f"{TEXT}{number} {LINK}"),
        )
        for number, author in numbers
    )
    Entry.objects.bulk_create(lines, batch_size=1000)
    Group.objects.filter(pk=group.pk).update(head=LINES)


def _add_what_nobody_does_yet(group: Group) -> None:
    """Fill the columns that no action fills."""
    direct = Group.objects.create(
        kind=GroupKind.DIRECT, name="", posting=Posting.MODERATORS, slow_mode=30
    )
    group.memberships.update(muted_until=timezone.now(), read_upto=7)
    actions.join_group(group.memberships.earliest("pk").user, group=direct)
    group.entries.filter(position=200).update(reply_to=group.entries.get(position=150))
    group.entries.filter(kind=Kind.JOINED).update(details={"by": "\\N", "of": [1, None]})


def _add_what_is_not_ours(staff: User, person: User, group: Group) -> None:
    EmailAddress.objects.create(user=staff, email="ann@example.org", verified=True, primary=True)
    readers = Rights.objects.create(name="Readers")
    readers.permissions.set(Permission.objects.filter(codename__startswith="view_"))
    person.groups.add(readers)
    staff.user_permissions.set(
        Permission.objects.filter(codename="change_group", content_type__app_label="discuss")
    )
    LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(Group),
        object_id=str(group.pk),
        object_repr=str(group),
        action_flag=CHANGE,
        change_message="Renamed",
    )


def read() -> None:
    """Print what the groups' pages show, piece by piece to their beginning, and the order of changes."""
    for group in Group.objects.order_by("pk"):
        members = sorted(group.members.values_list("username", flat=True))
        print(group, group.uuid, group.head, *members)
        page = read_page(group.pk)
        while page.lines:
            # Of each piece one: what they are made of is compared row by row (see tell_rows).
            print(page.oldest, *(entry.pk for entry in page.lines))
            print(ascii(line(page.lines[-1], Audience.everyone())))
            page = read_page(group.pk, before=page.oldest)
        print(*group.entries.after(0).values_list("pk", flat=True))


def go_on(session: str) -> None:
    """Do as people do after a move; `session` is that of Ann's browser from before."""
    kitchen = Group.objects.get(name_key__startswith="épicerie")
    browser = Client()
    browser.cookies["discussit_session"] = session
    answer = browser.get(kitchen.get_absolute_url(), headers={"host": "127.0.0.1"})
    assert answer.status_code == 200, "she is still logged in"
    assert Client().login(username="aNN", password=PASSWORD), "she can log in again"
    assert Client().login(username="ann", password="wrong") is False
    _names_are_taken()
    _rights_are_kept()
    # Each of these would take a number that is taken, had nobody told the database.
    ann = Membership.objects.get(user__username="Ann", group=kitchen)
    entry = actions.post_message(ann, text="Here!", nonce="1")
    assert entry.position == kitchen.head + 1
    dora = User.objects.create_user("dora")
    actions.join_group(dora, group=kitchen)
    actions.create_group(dora, name="New", description="")
    (invitation,) = Invitation.objects.all()
    assert Invitation.objects.by_token(invitation.token) == invitation
    erna = User.objects.create_user("erna")
    entered = actions.accept_invitation(erna, invitation=invitation)
    assert entered is not None
    assert entered.group == kitchen
    actions.make_invitation(ann, group=kitchen, uses=1, days=1)
    Rights.objects.create(name="Others").user_set.add(dora)
    EmailAddress.objects.create(user=dora, email="dora@example.org")
    ContentType.objects.create(app_label="tests", model="new")
    print("went on")


def _names_are_taken() -> None:
    assert User.objects.is_taken("björn")
    assert User.objects.is_taken("ΕΛΈΝΗ")
    for model, field, name in ((User, "username", "björn"), (Group, "name", "épicerie FINE")):
        with pytest.raises(IntegrityError, match=f"{field}_key"), transaction.atomic():
            model._base_manager.create(**{field: name})


def _rights_are_kept() -> None:
    ann = User.objects.get_by_natural_key("ANN")
    bjorn = User.objects.get_by_natural_key("björn")
    assert ann.has_perm("discuss.change_group")
    assert bjorn.has_perm("discuss.view_message")
    assert not bjorn.has_perm("discuss.change_group")


def write() -> None:
    """Write into the group Quiet until somebody ends it, and print a line for each message."""
    member = Membership.objects.get(user__username="BJÖRN", group__name="Quiet")
    while True:
        actions.post_message(member, text="Soup? " * 100, nonce=actions.new_nonce())
        print("wrote", flush=True)


def tell_written() -> None:
    """Print how many messages are in the group Quiet, its head, and its newest change."""
    quiet = Group.objects.get(name="Quiet")
    messages = quiet.entries.filter(kind=Kind.MESSAGE).count()
    print(messages, quiet.head, quiet.entries.latest("change").change)


def tell_order() -> None:
    """Make groups whose order differs by language, and print them as the lobby lists them."""
    ann = User.objects.create_user("ann")
    for name in ("zoo", "ärger", "a-b", "ab", "a b", "åker", "öl", "été", "a_b", "Über"):
        actions.create_group(ann, name=name)
    print(*(group.name for group in read_listing(ListQuery(), ann.pk).groups), sep=", ")


def tell_rows() -> None:
    """Print every row of every model, in order, as JSON."""
    rows = {
        model._meta.label_lower: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
    }
    print(json.dumps({name: found for name, found in rows.items() if found}, default=str))
