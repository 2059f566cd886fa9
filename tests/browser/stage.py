"""The stage: what a test does to a server's database behind the pages' backs, and waits without sleeping.

It calls the same actions as the pages do, from the test's own process. The server's pages learn of it as
they learn of any other process without a common layer: by the sweep, or when they resume.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, connections
from django.utils import timezone

from discuss import actions
from discuss.models import Entry, Group, Invitation, Kind, Membership, Role, User
from discuss.moderation.actions import make_filter
from project import services
from tests.cast import log_in
from tests.emptying import empty

# People who log in by the form have this one.
PASSWORD = "correct horse battery staple"


class Stage:
    """The ORM on one SQLite file, in a thread of its own.

    Playwright's loop runs in the test's thread, where Django would refuse to read a database.
    """

    def __init__(self, database: Path) -> None:
        config = services.database("DATABASE_OF_THE_STAGE", database)
        self._settings = connections.configure_settings({"default": config})["default"]
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="stage")

    def __call__[**P, R](self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        def on_database() -> R:
            before = connections.settings["default"]
            connections.settings["default"] = self._settings
            try:
                return work(*args, **kwargs)
            finally:
                connections["default"].close()
                del connections["default"]
                connections.settings["default"] = before

        return self._thread.submit(on_database).result()

    def close(self) -> None:
        self._thread.shutdown()

    def clear(self) -> None:
        """Empty the database, so that each test begins with a server that nobody has used."""
        self(lambda: empty(connection))

    def user(self, name: str, **fields: Any) -> User:
        """Return who has this name; the fields are of somebody new."""

        def find_or_make() -> User:
            found = User.objects.filter(username=name).first()
            return found or User.objects.create_user(name, **fields)

        return self(find_or_make)

    def give_password(self, user: User) -> None:
        # Sessions are made under the password that `user` has in memory, so it must know the new one.
        user.password = make_password(PASSWORD)
        self(user.save, update_fields=["password"])

    def session(self, user: User) -> str:
        """Log the person in and return the key of their new session."""
        return self(lambda: log_in(user).cookies[settings.SESSION_COOKIE_NAME].value)

    def group(
        self,
        name: str = "Kitchen",
        *,
        owner: User | None = None,
        members: Iterable[User] = (),
        description: str = "What is for dinner",
        **settings: Any,
    ) -> Group:
        """Make a group; without an owner of the test's own, it is somebody's whom nobody meets."""

        def make() -> Group:
            first = owner or User.objects.get_or_create(username="olga")[0]
            group = actions.create_group(first, name=name, description=description)
            for user in members:
                actions.join_group(user, group=group)
            if settings:
                member = Membership.objects.get(group=group, user=first)
                actions.change_group_settings(member, group=group, settings=settings)
            return group

        return self(make)

    def invite(self, group: Group, uses: int = 10) -> Invitation:
        """Have an owner make an invitation into the group."""

        def make() -> Invitation:
            owner = Membership.objects.get(group=group, role=Role.OWNER)
            return actions.make_invitation(owner, group=group, uses=uses, days=7)

        return self(make)

    def filter(self, group: Group, *words: str) -> int:
        """Have an owner write a filter about these words, which is off, and return its key."""

        def write() -> int:
            owner = Membership.objects.get(group=group, role=Role.OWNER)
            values = {"kind": "words", "name": "Calm", "terms": "\n".join(words), "does": "block"}
            return int(make_filter(owner, group=group, **values).pk)

        return self(write)

    def say(self, user: User, group: Group, *texts: str) -> list[Entry]:
        """Have a member write messages, from elsewhere."""

        def write() -> list[Entry]:
            member = Membership.objects.get(user=user, group=group)
            return [
                actions.post_message(member, text=text, nonce=actions.new_nonce()) for text in texts
            ]

        return self(write)

    def reply(self, user: User, entry: Entry, text: str) -> Entry:
        """Have a member answer a message, from elsewhere."""

        def write() -> Entry:
            member = Membership.objects.get(user=user, group=entry.group_id)
            place = entry.position
            nonce = actions.new_nonce()
            return actions.post_message(member, text=text, nonce=nonce, reply_to=place)

        return self(write)

    def edit(self, entry: Entry, text: str) -> None:
        """Have its author edit a message, from elsewhere."""

        def write() -> None:
            member = Membership.objects.get(user=entry.author_id, group=entry.group_id)
            actions.edit_message(member, entry=entry, text=text)

        self(write)

    def mark(self, entry: Entry, user: User, *emoji: str) -> None:
        """Have a member who may pin react to a message, pin it and save it, from elsewhere."""

        def act() -> None:
            member = Membership.objects.get(user=user, group=entry.group_id)
            for each in emoji:
                actions.react(member, entry=entry, emoji=each)
            actions.pin_message(member, entry=entry)
            actions.save_message(member, entry=entry)

        self(act)

    def fill(self, group: Group, user: User, count: int) -> None:
        """Put `count` messages "line 1" ... into the log, faster than people could write them."""
        now = timezone.now()
        self.put(group, *((user, f"line {n}", now) for n in range(1, count + 1)))

    def put(self, group: Group, *messages: tuple[User, str, datetime]) -> None:
        """Put messages into the log: who wrote each, what, and when."""

        def write() -> None:
            head = Group.objects.get(pk=group.pk).head
            lines = [
                Entry(
                    group=group,
                    kind=Kind.MESSAGE,
                    position=position,
                    change=position,
                    author=author,
                    timestamp=timestamp,
                    text=text,
                )
                for position, (author, text, timestamp) in enumerate(messages, head + 1)
            ]
            Entry.objects.bulk_create(lines, batch_size=500)
            Group.objects.filter(pk=group.pk).update(head=head + len(messages))

        self(write)

    def texts(self, group: Group) -> list[str]:
        """Return the messages of the log, in order."""
        log = Entry.objects.filter(group=group, kind=Kind.MESSAGE).order_by("position")
        return self(lambda: list(log.values_list("text", flat=True)))

    def remove(self, user: User, group: Group) -> None:
        """Have an owner remove somebody."""

        def act() -> None:
            owner = Membership.objects.get(group=group, role=Role.OWNER)
            member = Membership.objects.get(group=group, user=user)
            actions.remove_member(owner, membership=member)

        self(act)
