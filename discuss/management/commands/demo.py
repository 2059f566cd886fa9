"""`manage.py demo`: groups, people and a conversation to look at."""

import secrets
from typing import Any

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
            self.stdout.write(
                "The demo is there already; a new password: manage.py changepassword ann"
            )
            return
        password = secrets.token_urlsafe(9)
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
