"""The people of a measurement: in groups of one size, each with a session and an open page.

`python -m bench.suite.crowd fill|level` is the part that runs with Django and one database. It takes a
Crowd as JSON and prints where the logs of its groups stand.
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests import forked
from tests.server import TOP, Server

if TYPE_CHECKING:
    from discuss.models import User

# All groups have it, so that one resume frame fits all of them but for their members.
EPOCH = "bench"
# Rows of one INSERT.
BATCH = 500


class Crowd(NamedTuple):
    """`groups` groups of `members` people, with so many lines in each log.

    Page i is that of person i, who is in group i % groups and in no other but the first one of the crowd
    `also`, which is there before.
    """

    name: str
    groups: int
    members: int
    lines: int = 50
    also: str = ""

    @property
    def pages(self) -> int:
        return self.groups * self.members


class Standing(NamedTuple):
    """Where the logs of a crowd stand: one head for all groups, and how many lines in all."""

    head: int
    lines: int


class Database:
    """A database of DiscussIt, to fill with crowds. Without a `url` it is a SQLite file in the folder."""

    def __init__(self, folder: Path, url: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.url = url or f"sqlite:///{folder / 'db.sqlite3'}"
        # Never started: it knows the environment that all our servers have.
        server = Server(folder, DATABASE_URL=self.url)
        server.manage("migrate", "--no-input", "-v", "0")
        self._environment = server.environment
        self._present: set[Crowd] = set()

    def gather(self, crowd: Crowd) -> Standing:
        """Let the crowd be there, with all its logs at the same head; nobody may be connected."""
        if crowd not in self._present:
            self._inside("fill", crowd)
            self._present.add(crowd)
        return self._inside("level", crowd)

    def cookies(self, crowd: Crowd) -> Path:
        """Return the file with each person's cookie, one a line."""
        return self.folder / f"{crowd.name}.cookies"

    def group_names(self, crowd: Crowd) -> Path:
        """Return the file with each group's uuid, one a line."""
        return self.folder / f"{crowd.name}.groups"

    def shown(self, crowd: Crowd) -> Path:
        """Return the file with what the pages of each group show: fields of a resume frame, a line each."""
        return self.folder / f"{crowd.name}.shown"

    def _inside(self, part: str, crowd: Crowd) -> Standing:
        asked = {**crowd._asdict(), "folder": str(self.folder)}
        command = [sys.executable, "-m", "bench.suite.crowd", part, json.dumps(asked)]
        *_, told = forked.run(command, self._environment, TOP).splitlines()
        return Standing(*json.loads(told))


# --- inside: in a process with Django and the database ------------------------------------------------


def fill(crowd: Crowd, folder: Path) -> None:
    """Make people, groups, memberships, lines and sessions, and write the three files for wsload."""
    from discuss.models import Group, Membership, User
    from discuss.reading.members import read_members
    from discuss.reading.person import read_own_groups

    people = User.objects.bulk_create(
        (User(username=f"{crowd.name}-{n}", password="!") for n in range(crowd.pages)), BATCH
    )
    groups = Group.objects.bulk_create(
        (Group(name=f"{crowd.name} {n}", head=crowd.lines) for n in range(crowd.groups)), BATCH
    )
    Membership.objects.bulk_create(
        (
            Membership(group=groups[number % crowd.groups], user=person, read_upto=crowd.lines)
            for number, person in enumerate(people)
        ),
        BATCH,
    )
    if crowd.also:
        other = Group.objects.get(name=f"{crowd.also} 0")
        Membership.objects.bulk_create((Membership(group=other, user=p) for p in people), BATCH)
    add_lines(crowd, [group.pk for group in groups], people)
    keys = add_sessions(people)
    (folder / f"{crowd.name}.groups").write_text("".join(f"{group.uuid}\n" for group in groups))
    shown = [
        # Its members are in the same groups, so they show the same.
        {
            "members": read_members(group.pk).shown.fingerprint,
            "own": read_own_groups(people[number].pk).fingerprint,
        }
        for number, group in enumerate(groups)
    ]
    (folder / f"{crowd.name}.shown").write_text(
        "".join(f"{json.dumps(each)[1:-1]}\n" for each in shown)
    )
    (folder / f"{crowd.name}.cookies").write_text(
        "".join(f"discussit_session={key}\n" for key in keys)
    )


def add_lines(crowd: Crowd, group_ids: "list[int]", people: "list[User]") -> None:
    from django.utils import timezone

    from discuss.models import Entry, Kind

    now = timezone.now()
    Entry.objects.bulk_create(
        (
            Entry(
                group_id=group_id,
                kind=Kind.MESSAGE,
                position=position,
                change=position,
                author=people[number],
                text=f"Line {position} of a long conversation about supper, and who is to cook it",
                timestamp=now,
            )
            for number, group_id in enumerate(group_ids)
            for position in range(1, crowd.lines + 1)
        ),
        BATCH,
    )


def add_sessions(people: "list[User]") -> list[str]:
    """Log everybody in and return the keys of their sessions, in the same order."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils.crypto import get_random_string

    from discuss.models.session import Session, SessionStore

    store = SessionStore()
    until = store.get_expiry_date()
    sessions = [
        Session(
            session_key=get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789"),
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
            expire_date=until,
            user=person,
        )
        for person in people
    ]
    Session.objects.bulk_create(sessions, BATCH)
    return [session.session_key for session in sessions]


def level(crowd: Crowd) -> Standing:
    """Give all groups of the crowd the highest head among them: gaps in a log's numbers are usual.

    In the group `also` nothing is unread to anybody.
    """
    from django.db.models import Max

    from discuss.models import Entry, Group, Membership

    groups = Group.objects.filter(name__startswith=f"{crowd.name} ")
    head = groups.aggregate(head=Max("head"))["head"]
    groups.update(head=head, epoch=EPOCH)
    if crowd.also:
        other = Group.objects.get(name=f"{crowd.also} 0")
        Membership.objects.filter(group=other).update(read_upto=other.head)
    return Standing(head, Entry.objects.filter(group__in=groups).count())


def main(part: str, told: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    import django

    django.setup()
    values = json.loads(told)
    folder = Path(values.pop("folder"))
    crowd = Crowd(**values)
    if part == "fill":
        fill(crowd, folder)
    print(json.dumps(level(crowd)))


if __name__ == "__main__":
    main(*sys.argv[1:])
