"""The cast: a few named people and a group, made through the actions that people use."""

from dataclasses import dataclass

from django.db.models import F
from django.test import Client

from discuss import actions
from discuss.models import ONE_LINE_WITHIN, Entry, Group, Membership, Role, User


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

    def delete(self, user: User) -> None:
        """Have a person delete their account, to the end."""
        actions.delete_user(user, user=user)
        actions.finish_deletions()

    def lines(self) -> list[Entry]:
        return list(Entry.objects.filter(group=self.kitchen).order_by("position"))

    def head(self) -> int:
        return Group.objects.get(pk=self.kitchen.pk).head


def gather() -> Cast:
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


def log_in(user: User) -> Client:
    """Return a browser of this person's, with a session of its own."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
