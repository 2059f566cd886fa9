"""Reacting to messages, and taking that away."""

from collections.abc import Collection, Iterable

from discuss.actions.change import Change, next_change, poster_of, refuse, require
from discuss.forms import ReactionForm
from discuss.models import Entry, Membership, Reaction
from discuss.rules.posting import may_react
from discuss.rules.reactions import MOST_EMOJI
from discuss.rules.refusals import Code, Refused
from discuss.verbs import verb

# What a message shows of its reactions: each emoji, and who reacted with it.
type Shown = list[tuple[str, list[int]]]


# These are two verbs, and not one that does the contrary of what is: whoever sends one again, because its
# answer was lost, has what they wanted.
@verb(
    "react",
    actor=Membership,
    form=ReactionForm,
    limit="react",
    answer="reaction_answered",
    is_of_line=True,
)
def react(membership: Membership, *, entry: Entry, emoji: str) -> Entry:
    """Add a person's emoji to a message, once."""
    with next_change(membership.group_id) as change:
        member, message = _reached(change, membership, entry)
        shown = dict(message.reactions or ())
        if member.user_id in shown.get(emoji, ()):
            change.withdraw()
            return message
        if emoji not in shown and len(shown) >= MOST_EMOJI:
            raise Refused(Code.MANY_REACTIONS)
        Reaction.objects.create(entry=message, user_id=member.user_id, emoji=emoji)
        change.alter_line(message, reactions=read_shown([message.pk])[message.pk])
        return message


@verb(
    "unreact",
    actor=Membership,
    form=ReactionForm,
    limit="react",
    answer="reaction_answered",
    is_of_line=True,
)
def unreact(membership: Membership, *, entry: Entry, emoji: str) -> Entry:
    """Take a person's emoji away from a message."""
    with next_change(membership.group_id) as change:
        member, message = _reached(change, membership, entry)
        own = Reaction.objects.filter(entry=message, user=member.user_id, emoji=emoji)
        if own.delete()[0]:
            change.alter_line(message, reactions=read_shown([message.pk])[message.pk])
        else:
            change.withdraw()
        return message


def forget_reactions(user_id: int, pks: Collection[int]) -> set[int]:
    """Take all that a person reacted with to these lines away; return those lines, for a number each."""
    found = Reaction.objects.filter(user=user_id, entry__in=pks)
    changed = set(found.values_list("entry", flat=True))
    if changed:
        found.delete()
        for pk, shown in read_shown(changed).items():
            Entry.objects.filter(pk=pk).update(reactions=shown)
    return changed


def read_shown(pks: Iterable[int]) -> dict[int, Shown | None]:
    """Return what these lines show of the reactions that there are: the emoji that came first stand first."""
    shown: dict[int, dict[str, list[int]]] = {pk: {} for pk in pks}
    found = Reaction.objects.filter(entry__in=shown).order_by("pk")
    for pk, emoji, user_id in found.values_list("entry", "emoji", "user"):
        shown[pk].setdefault(emoji, []).append(user_id)
    return {pk: list(emoji.items()) or None for pk, emoji in shown.items()}


def _reached(change: Change, membership: Membership, entry: Entry) -> tuple[Membership, Entry]:
    """Return the member and the message as they stand now. Raises Refused."""
    change.only_looks()
    member = change.admit_writer(membership)
    message = change.message(entry)
    relation = change.relation(member, message.author_id)
    require("react", member.role, relation, code=Code.NOT_A_MEMBER)
    if message.is_hidden:
        raise Refused(Code.HIDDEN)
    refuse(may_react(poster_of(member), member.group.rules))
    return member, message
