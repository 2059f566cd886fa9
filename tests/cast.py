"""The cast: a few named people and a group, made through the actions that people use."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import F, Model
from django.test import Client
from django.utils import timezone

from discuss import actions
from discuss.accounts.sessions import SessionStore
from discuss.actions import Stored
from discuss.models import ONE_LINE_WITHIN, Entry, Group, Membership, Role, User
from discuss.models.group import new_epoch


@dataclass(frozen=True, slots=True)
class Cast:
    """Ann owns the Kitchen, mod moderates it, bob is a member, cleo is not (yet).

    Their joining is the beginning of the log, some time ago: Kitchen's head is 3.
    """

    ann: User
    bob: User
    cleo: User
    mod: User
    kitchen: Group

    def member(self, user: User) -> Membership:
        return Membership.objects.select_related("user", "group").get(group=self.kitchen, user=user)

    def say(self, user: User, text: str) -> Entry:
        """Have a member write a message, as their page would."""
        return actions.post_message(self.member(user), text=text, nonce=actions.new_nonce())

    def say_all(self, user: User, texts: Iterable[str]) -> list[Entry]:
        """Have a member write several messages at one moment, which takes a third of the time."""
        return say_all((self.member(user), text) for text in texts)

    def delete(self, user: User) -> None:
        """Have a person delete their account, to the end."""
        actions.delete_user(user, user=user)
        actions.finish_deletions()

    def lines(self) -> list[Entry]:
        return list(Entry.objects.filter(group=self.kitchen).order_by("position"))

    def head(self) -> int:
        return Group.objects.get(pk=self.kitchen.pk).head


def say_all(said: Iterable[tuple[Membership, str]]) -> list[Entry]:
    """Have members of a group write messages at one moment, as their pages would."""
    drafts = [actions.Draft(member, text, actions.new_nonce()) for member, text in said]
    outcomes = actions.post_messages(drafts)
    # Lines of a batch do not know their keys.
    stored = [each.entry.position for each in outcomes if isinstance(each, Stored)]
    assert len(stored) == len(drafts)
    group = drafts[0].membership.group_id
    return list(Entry.objects.filter(group=group, position__in=stored).order_by("position"))


# The first cast of this process, and when it was made.
_first: list[tuple[Cast, datetime, list[Membership], list[Entry]]] = []


def gather() -> Cast:
    """Make a cast. Each but the first has copies of what the actions wrote, in a tenth of the time."""
    if _first:
        return _copied(*_first[0])
    cast = _gathered()
    memberships = list(cast.kitchen.memberships.order_by("pk"))
    # Apart from what a test does to its cast.
    _first.append((deepcopy(cast), timezone.now(), memberships, cast.lines()))
    return cast


def _gathered() -> Cast:
    # Without a password, because hashing one takes a while; see log_in.
    ann, bob, cleo, mod = (User.objects.create_user(name) for name in ("ann", "bob", "cleo", "mod"))
    kitchen = actions.create_group(ann, name="Kitchen", description="What is for dinner")
    for user in (mod, bob):
        actions.join_group(user, group=kitchen)
    Membership.objects.filter(group=kitchen, user=mod).update(role=Role.MODERATOR)
    # So that who leaves now does not leave by the line by which they joined.
    kitchen.entries.update(timestamp=F("timestamp") - ONE_LINE_WITHIN)
    kitchen.refresh_from_db()
    return Cast(ann, bob, cleo, mod, kitchen)


def _copied(
    first: Cast, made_at: datetime, memberships: list[Membership], lines: list[Entry]
) -> Cast:
    later = timezone.now() - made_at

    def again[M: Model](row: M, **others: Any) -> M:
        values = {
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if not field.primary_key
        }
        for name, value in values.items():
            if isinstance(value, datetime):
                values[name] = value + later
        return type(row)(**values | others)

    users = [first.ann, first.bob, first.cleo, first.mod]
    people = _written([again(user) for user in users])
    pks = {None: None} | {was.pk: user.pk for was, user in zip(users, people, strict=True)}
    (kitchen,) = _written([again(first.kitchen, uuid=uuid4(), epoch=new_epoch())])
    _written([again(row, group_id=kitchen.pk, user_id=pks[row.user_id]) for row in memberships])
    _written(
        [
            again(
                row,
                group_id=kitchen.pk,
                author_id=pks[row.author_id],
                subject_id=pks[row.subject_id],
            )
            for row in lines
        ]
    )
    ann, bob, cleo, mod = people
    return Cast(ann, bob, cleo, mod, kitchen)


def _written[M: Model](rows: list[M]) -> list[M]:
    """Write these rows as they are, and give them their keys.

    Django compiles such a statement anew each time, and makes fields that are made of others: of copies they
    are known.
    """
    model = type(rows[0])
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in model._meta.concrete_fields
        if not field.primary_key
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insert(model, len(rows)), values)
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return rows


@cache
def _insert(model: type[Model], count: int) -> str:
    """Return the statement that writes so many rows and tells their keys."""
    quote = connection.ops.quote_name
    columns = [str(f.column) for f in model._meta.concrete_fields if not f.primary_key]
    places = f"({', '.join(['%s'] * len(columns))})"
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, columns))}) "  # noqa: S608
        f"VALUES {', '.join([places] * count)} RETURNING {quote(str(model._meta.pk.column))}"
    )


def log_in(user: User) -> Client:
    """Return a browser of this person's, with a session of its own, as a log-in by the form makes it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return client
