"""`manage.py demo`: groups, people and a conversation to look at."""

import contextlib
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from discuss import actions
from discuss.models import Group, Membership, User

PEOPLE = ("ann", "bob", "cleo")
GROUPS = (
    ("Kitchen table", "What is for dinner, and who brings what"),
    ("Allotment", "Seeds, slugs and the watering rota"),
    ("Reading circle", "One book a month, no spoilers before the 20th"),
    ("Bicycle repair", "Bring your own puncture"),
)
CONVERSATION = (
    ("ann", "Good morning! Who is cooking tonight?"),
    ("bob", "I can. There is a pumpkin that wants to be soup."),
    ("bob", "Does anyone have nutmeg?"),
    ("cleo", "I have nutmeg, and half a loaf from https://example.org/bakery that is still good."),
    ("ann", "Then I bring the salad.\nSeven o'clock?"),
    ("cleo", "Seven it is. 🎃"),
)


class Command(BaseCommand):
    help = "Add groups, people and a conversation to look at. Run again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.is_taken("ann"):
            self.stdout.write(f"The demo is there already; {_where_its_password_is()}")
            return
        password = secrets.token_urlsafe(9)
        _keep(password)
        people = {name: User.objects.create_user(name, password=password) for name in PEOPLE}
        groups = [
            actions.create_group(people["ann"], name=name, description=description)
            for name, description in GROUPS
            if not Group.objects.filter(name=name).exists()
        ]
        for name in ("bob", "cleo"):
            for group in groups[:2]:
                actions.join_group(people[name], group=group)
        for name, text in CONVERSATION if groups else ():
            member = Membership.objects.get(user=people[name], group=groups[0])
            actions.post_message(member, text=text, nonce=actions.new_nonce())
        names = ", ".join(PEOPLE)
        self.stdout.write(f"Demo: log in as {names}; their password is {password}")
        self.stdout.write(f"You can read it again in {_file()}")


def _file() -> Path:
    return settings.DATA_DIR / "demo-password"


def _keep(password: str) -> None:
    """Write it for the owner alone, and before anybody has it: none is made that nobody knows."""
    _file().unlink(missing_ok=True)
    _file().touch(mode=0o600, exist_ok=False)
    _file().write_text(f"{password}\n")


def _where_its_password_is() -> str:
    """Return where it can be read, if that is still the one."""
    with contextlib.suppress(FileNotFoundError):
        if User.objects.get_by_natural_key("ann").check_password(_file().read_text().strip()):
            return f"its password is in {_file()}"
    return "a new password: manage.py changepassword ann"
