"""People, groups and lines that are in no database, and look as real ones may."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from discuss.models import Entry, Group, Kind, Membership, Role, User
from discuss.reading.last_lines import LastLine
from discuss.reading.own_groups import OwnGroups, Row
from discuss.reading.reactions import Offered, Reacted
from discuss.reading.sanctions import Sanction, Warned
from discuss.rules.excerpts import excerpt
from discuss.rules.reactions import OFFERED
from discuss.rules.stored_html import stored_rendering

# As exact as the database keeps it.
NOON = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
LONG = "A sentence that goes on and on, as people write them who have much to say. " * 12
UNBROKEN = "Donaudampfschifffahrtsgesellschaft" * 12
ARABIC, HEBREW = "مرحبا بكم في المطبخ، ما العشاء اليوم؟", "מה יש לארוחת ערב?"
LINKS = "See https://example.org/soup?of=the+day and https://xn--bcher-kva.example/ (both)"
FORMATTED = """# Soup
**hot**, *thick*, ~~salty~~, `stirred`, [as here](https://example.org/soup)
> with bread
> > and butter

1. peel
2. cook
   - slowly

```python
def soup(pot): return pot  # hot
```"""
# What people react with besides what is offered: as many as a line has at most, with those.
FURTHER = ("🍲", "🥖", "🧂", "🌶️", "🥕", "🧅", "🥔", "🧈", "🍷", "🥄", "🔥", "🍅")

PEOPLE = ANN, BOB, LEILA = tuple(
    User(pk=pk, username=name, display_name=display_name)
    for pk, name, display_name in (
        (1, "ann", "Ann Baker"),
        (2, "bob.with-a-name.of-forty-letters.and-more", ""),
        (3, "ليلى", ""),
    )
)
KITCHEN, LONG_NAMED, ARABIC_NAMED = (
    Group(pk=pk, uuid=UUID(int=pk), name=name, description=description)
    for pk, name, description in (
        (1, "Kitchen", "What is for dinner"),
        (2, "Sixty letters are what the name of a group may have at most.", LONG[:200]),
        (3, "مطبخ", ARABIC),
    )
)
GROUPS = (KITCHEN, LONG_NAMED, ARABIC_NAMED)
for _group, _count in zip(GROUPS, (0, 1, 1234), strict=True):
    _group.member_count = _count


def line(kind: str = Kind.MESSAGE, **fields: Any) -> Entry:
    """Return a line as for_display() reads it, after another of an hour before."""
    before = {
        name: fields.pop(name, value)
        for name, value in {
            "previous_kind": Kind.MESSAGE,
            "previous_author_id": BOB.pk,
            "previous_timestamp": NOON - timedelta(hours=1),
        }.items()
    }
    given = {"author": ANN, "subject": BOB, "timestamp": NOON, "text": "", **fields}
    names = (given.get("details") or {}).get("mentions", {})
    rendering = stored_rendering(given["text"], names) if kind == Kind.MESSAGE else {}
    entry = Entry(
        pk=12345, group=KITCHEN, kind=kind, position=6789, change=6789, **given, **rendering
    )
    entry.epoch = "sample"
    entry.group_uuid = KITCHEN.uuid
    for name, value in before.items():
        setattr(entry, name, value)
    return entry


def answering(entry: Entry, **quoted: Any) -> Entry:
    """Have a line answer another, of which for_display() reads this."""
    entry.reply_to_id = 12340
    for name, value in {"quoted_position": 6700, **quoted}.items():
        setattr(entry, name, value)
    return entry


SETTINGS: Mapping[str, tuple[Any, ...]] = {
    "posting": ("moderators", "everybody"),
    "is_locked": (True, False),
    "slow_mode": (90, 0),
    "newcomers_wait": (1440, 0),
    "held_days": (7, 0),
    "invites": ("members", "moderators"),
    "pins": ("members", "moderators"),
    "record_is_public": (True, False),
}
LATELY = NOON - timedelta(minutes=1)
SOON_AFTER: Mapping[str, Any] = {"previous_author_id": ANN.pk, "previous_timestamp": LATELY}
LINES: Mapping[str, Entry] = {
    "message": line(text="Soup"),
    "goes on": line(text="With bread", **SOON_AFTER),
    "long": line(text=LONG),
    "one long word": line(text=UNBROKEN, author=BOB),
    "right to left": line(text=ARABIC, author=LEILA),
    "right to left, in a name of the other way": line(text=HEBREW),
    "links": line(text=LINKS),
    "mentions": line(text="@ann, @bob: soup?", details={"mentions": {"ann": ANN.pk}}),
    "mentions all": line(
        text="@all: https://example.org/soup", details={"mentions": {"all": "all"}}
    ),
    "markup": line(text='<b onclick="x">&amp; {{ 1 }}'),
    "formatted": line(text=FORMATTED),
    "formatted, of the other way": line(text=f"**{ARABIC}**\n- {HEBREW}\n- *b*", author=LEILA),
    "code that is wide": line(text=f"```python\nsoup = '{UNBROKEN}'  # hot\n```"),
    "emoji alone": line(text=":tada: 🎉"),
    "edited": line(text="Soup, with nutmeg", edited_at=NOON),
    "pinned": line(text="Soup", pin=6789),
    "reacted to": line(text="Soup", reactions=[["👍", [1, 2]], ["🎉", [3]]]),
    "reacted to by many": line(
        text="Soup", reactions=[[emoji, [*range(1, 1235)]] for emoji in (*OFFERED, *FURTHER)]
    ),
    "hidden": line(text="Soup", hidden_at=NOON, reactions=[["👍", [1]]]),
    "formatted and edited": line(text="- *Soup*\n- Bread", edited_at=NOON),
    "reply": answering(line(text="With bread, please"), quoted_text="Soup", quoted_author=ANN.name),
    "reply at length": answering(
        line(text=LONG), quoted_text=LONG[:320], quoted_author=BOB.username
    ),
    "reply, right to left": answering(
        line(text=HEBREW, **SOON_AFTER), quoted_text=ARABIC, quoted_author=LEILA.username
    ),
    "reply to what was removed": answering(line(text="Soup?"), quoted_hidden_at=NOON),
    "of someone who is gone": line(text="Soup", author=None),
    "first of its day": line(text="Soup", previous_timestamp=NOON - timedelta(days=1)),
    "first of all": line(
        text="Soup", previous_kind=None, previous_author_id=None, previous_timestamp=None
    ),
    **{f"event: {kind}": line(kind) for kind in Kind.values if kind != Kind.MESSAGE},
    "event: named": line(Kind.NAMED, text=ANN.display_name, details={"was": ANN.username}),
    "event: pinned": line(Kind.PINNED, details={"line": 6789}),
    **{
        f"event: set {setting} to {to}": line(Kind.SET, details={"setting": setting, "to": to})
        for setting, values in SETTINGS.items()
        for to in values
    },
    "event: set": line(Kind.SET, details={"setting": "is_locked", "to": True}),
    "event: joined and left": line(Kind.LEFT, text=Kind.JOINED),
    "event: left and joined again": line(Kind.JOINED, text=Kind.LEFT),
    "event: renamed, at length": line(Kind.RENAMED, text=LONG_NAMED.name, author=BOB),
    "event: of someone who is gone": line(Kind.REMOVED, author=None, subject=None),
    "event: of an unknown kind": line("promoted"),
}


OFFERS = [Offered(emoji, emoji == OFFERED[0]) for emoji in OFFERED]
REACTED = [
    Reacted("👍", [ANN.name, BOB.name], is_own=True),
    Reacted("🎉", [LEILA.name] * 20, unnamed=1214),
]


def _membership(user: User, role: str = Role.MEMBER) -> Membership:
    return Membership(pk=user.pk, group=KITCHEN, user=user, role=role)


MEMBERS = [
    _membership(ANN, Role.OWNER),
    _membership(BOB, Role.MODERATOR),
    _membership(LEILA),
    _membership(User(pk=4, username="zoe", is_active=False)),
]


LAST = LastLine(ANN.name, "Soup", NOON)
OWN_ROWS = tuple(
    Row(group.uuid, group.name, unread, group.description, last)
    for group, unread, last in zip(
        GROUPS,
        ("", "3", "99+"),
        (LAST, LastLine(BOB.name, excerpt(LONG), NOON), LastLine(LEILA.name, ARABIC, NOON)),
        strict=True,
    )
)


def own(*unread: str, mentions: str = "") -> OwnGroups:
    rows = tuple(
        Row(group.uuid, group.name, count) for group, count in zip(GROUPS, unread, strict=False)
    )
    return OwnGroups(rows, unread[-1] if unread else "", mentions=mentions)


MUTED = Sanction(datetime(2126, 1, 31, 18, 47, tzinfo=UTC))
WARNED = Sanction(
    warnings=(
        Warned(1, KITCHEN.pk, "insult", "Please be kind to each other."),
        Warned(2, None, "", ""),
        Warned(3, KITCHEN.pk, "other", ARABIC),
    )
)
