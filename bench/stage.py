"""What measurements find in the database. Imported where Django is set up."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from discuss import actions
from discuss.models import Entry, Group, Kind, Membership, User

FORMATTED = """See **{number}** of what @{name} *said*, and [the rest](https://example.org/{number}):
- soup
- bread

```python
def soup(pot: int = {number}) -> str:
    return "hot"
```"""
# How many people reacted with each.
REACTIONS = {"👍": 5, "🎉": 2, "❤️": 1}


def group_of(people: Sequence[User], *, name: str, lines: int) -> Group:
    """Make a group of these people, the first of them its owner, who talk in turns for so many lines."""
    owner, *others = people
    group = actions.create_group(owner, name=name)
    Membership.objects.bulk_create(Membership(group=group, user=person) for person in others)
    group.refresh_from_db()
    start = timezone.now() - timedelta(days=30)
    Entry.objects.bulk_create(
        [
            Entry(
                group=group,
                kind=Kind.MESSAGE,
                position=group.head + number,
                change=group.head + number,
                author=people[number % len(people)],
                text=f"Line {number} of a long conversation about supper",
                timestamp=start + timedelta(minutes=4 * number),
            )
            for number in range(1, lines + 1)
        ],
        batch_size=1000,
    )
    Group.objects.filter(pk=group.pk).update(head=F("head") + lines)
    return group


def rich_group_of(people: Sequence[User], *, name: str, lines: int) -> Group:
    """Make a group whose lines are formatted, answer each other, mention its owner and have reactions."""
    owner, *others = people
    group = actions.create_group(owner, name=name)
    members = [actions.join_group(person, group=group) for person in others]
    for number in range(lines):
        poster = members[number % len(members)]
        last = group.entries.order_by("position").last()
        assert last is not None
        entry = actions.post_message(
            poster,
            text=FORMATTED.format(number=number, name=owner.username),
            nonce=actions.new_nonce(),
            reply_to=last.position if last.is_message else None,
        )
        for emoji, count in REACTIONS.items():
            for member in members[:count]:
                actions.react(member, entry=entry, emoji=emoji)
    return group


def many_groups(members: Sequence[User], count: int) -> None:
    """Make so many groups, every second one with all of these people in it."""
    groups = Group.objects.bulk_create(
        Group(name=f"Group {number:04}", description="What is for dinner, and who cooks it")
        for number in range(1, count + 1)
    )
    Membership.objects.bulk_create(
        Membership(group=group, user=person) for group in groups[::2] for person in members
    )
