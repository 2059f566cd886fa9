"""Reading mentions: whom names stand for, what is unread of them, and the lines of a person's."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from discuss.db.compiled import Compiled
from discuss.models import Entry, Group, Membership, Mention
from discuss.reading.positions import MANY
from discuss.rules import roles
from discuss.rules.mentions import EVERYBODY, Names, names_in
from discuss.rules.text import name_key

# Lines of a page of mentions.
LINES_AT_ONCE = 30
# Names that are offered at a time.
OFFERED = 20


# --- whom names stand for ---------------------------------------------------------------------------


def read_names(drafts: Collection[tuple[Membership, str]]) -> dict[int, Names]:
    """Return for each membership whom its texts may mention: by the key of a name, the members of its group.

    Moderators and owners may call everybody. It takes one statement, and none where no text has an @.
    """
    wanted: defaultdict[int, set[str]] = defaultdict(set)
    for membership, text in drafts:
        wanted[membership.group_id] |= names_in(text)
    names: dict[int, dict[str, int | str]] = {membership.pk: {} for membership, _ in drafts}
    keys = set().union(*wanted.values())
    if not keys:
        return dict(names)
    writers = {membership.pk: membership.group_id for membership, _ in drafts}
    # Whoever writes is read with them: what a page was opened with may be another role than theirs now.
    found = Membership.objects.filter(
        Q(group__in=wanted, user__username_key__in=keys) | Q(pk__in=writers)
    ).values_list("pk", "group_id", "role", "user_id", "user__username_key")
    people: defaultdict[int, dict[str, int | str]] = defaultdict(dict)
    for pk, group_id, role, user_id, key in found:
        if key in wanted[group_id]:
            people[group_id][key] = user_id
        if pk in writers and roles.may("call_all", role):
            names[pk] = {word: word for word in EVERYBODY}
    return {pk: {**people[group_id], **names[pk]} for pk, group_id in writers.items()}


class Offered(NamedTuple):
    """Somebody who can be mentioned: their username, and what others see."""

    username: str
    name: str


def read_offered(membership: Membership, words: str) -> list[Offered]:
    """Return the other members whose name or username begins with `words`, in order; OFFERED at most."""
    key = name_key(words)
    of_name = Q(user__username_key__startswith=key) | Q(user__display_key__startswith=key)
    others = Membership.objects.standing().filter(of_name, group=membership.group_id)
    people = others.exclude(pk=membership.pk).as_members()[:OFFERED]
    together = EVERYBODY if roles.may("call_all", membership.role) else ()
    return [
        *(Offered(each.user.username, each.user.name) for each in people),
        *(Offered(word, "") for word in together if word.startswith(key)),
    ]


# --- what is unread ---------------------------------------------------------------------------------


# What is read of a mention, from its group.
_OF_MENTION = ("mentions__position", "mentions__is_here", "mentions__entry__author")

# Of lines that mention everybody: where each stands, who wrote it, and whether it is for who is there.
type Everybodys = Sequence[tuple[int, int | None, bool]]


@dataclass(slots=True)
class Mentions:
    """Where lines stand that mention people, the oldest first: each person, and everybody in a group.

    Of a person they are those after what they had read by then.
    """

    of_people: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    everybody: dict[int, list[tuple[int, int | None, bool]]] = field(default_factory=dict)


def count_mentions(
    own: Sequence[int],
    everybody: Everybodys,
    read_upto: int,
    user_id: int,
) -> int:
    """Return how many of these lines, which mention a person or everybody, they have not read; or MANY."""
    if not read_upto:
        return 0
    count = len(own) - bisect_right(own, read_upto)
    count += sum(
        position > read_upto and author != user_id and not is_here
        for position, author, is_here in everybody
    )
    return min(count, MANY)


def latest_mention(own: Sequence[int], everybody: Everybodys, user_id: int) -> int:
    """Return where the latest of these lines stands, those for who is here among them; 0 for none."""
    of_all = (position for position, author, _ in everybody if author != user_id)
    return max([*own[-1:], *of_all], default=0)


def read_mentions(user_ids: Collection[int], group_ids: Collection[int]) -> Mentions:
    """Read what is unread of mentions of these people in these groups, in one statement; MANY of each."""
    mentions = Mentions({}, {group_id: [] for group_id in group_ids})
    if not group_ids:
        return mentions
    # For speed (bench case connects): Django takes 5 ms for this statement. 0 is nobody's key.
    rows = _latest.rows(list(user_ids) or [0], list(group_ids))
    for user_id, group_id, position, is_here, author in sorted(rows, key=itemgetter(2)):
        if user_id is None:
            mentions.everybody[group_id].append((position, author, is_here))
        else:
            mentions.of_people.setdefault((user_id, group_id), []).append(position)
    return mentions


# Both begin at what there are few of, so that the database takes the latest of each by their index and looks
# at no older ones: it goes through thousands each second.


@Compiled
def _latest(user_ids: list[int], group_ids: list[int]) -> QuerySet[Any, Any]:
    return _latest_of_people(user_ids, group_ids).union(_latest_of_all(group_ids), all=True)


def _latest_of_people(user_ids: Collection[int], group_ids: Collection[int]) -> QuerySet[Any, Any]:
    latest = Mention.objects.filter(group=OuterRef("group"), user=OuterRef("user"))
    members = Membership.objects.filter(group__in=group_ids, user__in=user_ids)
    return members.filter(
        group__mentions__user=F("user"),
        group__mentions__entry__hidden_at=None,
        group__mentions__position__gte=Greatest(F("read_upto") + 1, _position_of(latest, MANY)),
    ).values_list("user", "group", *(f"group__{name}" for name in _OF_MENTION))


def _latest_of_all(group_ids: Collection[int]) -> QuerySet[Any, Any]:
    latest = Mention.objects.filter(group=OuterRef("pk"), user=None)
    called = Group.objects.filter(
        pk__in=group_ids,
        mentions__user=None,
        mentions__entry__hidden_at=None,
        mentions__position__gte=_position_of(latest, MANY),
    )
    return called.order_by().values_list("mentions__user", "pk", *_OF_MENTION)


def _position_of(latest: QuerySet[Mention], number: int) -> Coalesce:
    """Return where the mention of this number stands, counted from the latest; 0 where there are fewer."""
    # In the whole order of their index, or PostgreSQL would sort those that are of nobody.
    positions = latest.order_by("-group_id", "-user_id", "-position").values("position")
    return Coalesce(Subquery(positions[number - 1 : number]), 0)


# --- the lines of a person's ------------------------------------------------------------------------


class Page(NamedTuple):
    """Lines that mention a person, the newest first; `before` leads to the next page, if there is one.

    Each has the name of its group as `group_name`.
    """

    lines: list[Entry]
    before: int | None


def read_mention_page(user_id: int, before: int | None = None) -> Page:
    """Read the lines that mention somebody in the groups that they are in, of those before this one."""
    # By turns, so that each finds its own by an index.
    pks = {*_mentioning(user_id, before), *_mentioning_all(user_id, before)}
    chosen = sorted(pks, reverse=True)[: LINES_AT_ONCE + 1]
    lines = Entry.objects.filter(pk__in=chosen[:LINES_AT_ONCE]).for_display()
    found: list[Entry] = list(lines.annotate(group_name=F("group__name")).order_by("-pk"))
    return Page(found, chosen[LINES_AT_ONCE - 1] if len(chosen) > LINES_AT_ONCE else None)


def _mentioning(user_id: int, before: int | None) -> list[int]:
    """Return the keys of lines that mention somebody by name, the latest of a page."""
    groups = {"group__memberships__user": user_id, "group__is_deleted": False}
    mine = _shown_before(before).filter(user=user_id, **groups)
    return list(mine.order_by("-entry").values_list("entry", flat=True)[: LINES_AT_ONCE + 1])


def _mentioning_all(user_id: int, before: int | None) -> list[int]:
    """Return those of lines for everybody, but not one's own: of each group the latest of a page."""
    others = _shown_before(before).filter(group=OuterRef("group"), user=None)
    others = others.exclude(entry__author=user_id)
    # In no order: for that, SQLite would go through those of all groups.
    called = Membership.objects.filter(
        user=user_id,
        group__is_deleted=False,
        group__mentions__user=None,
        group__mentions__entry__hidden_at=None,
        group__mentions__position__gte=_position_of(others, LINES_AT_ONCE + 1),
        group__mentions__position__lte=_position_of(others, 1),
    )
    called = called.annotate(author=F("group__mentions__entry__author")).exclude(author=user_id)
    return list(called.values_list("group__mentions__entry", flat=True))


def _shown_before(before: int | None) -> QuerySet[Mention]:
    """Return the mentions in lines that are shown, of those before this one."""
    shown = Mention.objects.filter(entry__hidden_at=None)
    return shown if before is None else shown.filter(entry__lt=before)
