"""Which acts somebody is offered: those that they may do, and for which there is something to do."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Q

from discuss.actions.ranks import is_outranked
from discuss.models import (
    Act,
    Ban,
    Bar,
    Entry,
    Group,
    LongAct,
    LongKind,
    Membership,
    User,
    Warning,
)
from discuss.moderation.actions.acts import PERSON, ActKind, acts, taken_back
from discuss.moderation.actions.long_acts import TURNING
from discuss.moderation.actions.members import is_removed
from discuss.moderation.forms import ActForm
from discuss.moderation.rules.ranks import right_of
from discuss.reading.members import read_relation
from discuss.reading.sanctions import in_future, is_silenced
from discuss.rules import roles


class Offer(NamedTuple):
    """An act, the form that it is done by, and by what the person acts: a member, or one of the staff."""

    kind: ActKind
    form: ActForm
    actor: Membership | User


def form_of(kind: ActKind, data: Any = None) -> ActForm:
    """Return the form of an act."""
    return ActForm(
        data,
        name=kind.name,
        lasts=kind.lasts,
        looks_back=kind.looks_back,
        is_final=kind.is_final,
    )


def offers_on_line(member: Membership, entry: Entry) -> list[Offer]:
    """Return what the member may do to a message as a moderator, or as staff."""
    if not entry.is_message:
        return []
    names = ["restore"] if entry.hidden_by is not None else [] if entry.is_hidden else ["hide"]
    if entry.text:
        names.append("erase")
    return _offered(names, member, entry.author_id, entry.hidden_by)


def may_hide_all(member: Membership, entry: Entry) -> bool:
    """Whether the member may hide all that the author of a message wrote in the group."""
    return entry.is_message and actor_of(acts["hide_all"], member, entry.author_id) is not None


def offers_on_member(member: Membership, person: User) -> list[Offer]:
    """Return what the member may do to a person in their group, and on the site where they are staff."""
    names = list(_fitting(member.group, person))
    return _offered(names, member, person.pk)


def offers_to_turn(member: Membership, person: User) -> list[Offer]:
    """Return what the member may do to acts over all that a person wrote: stop them, and take them back.

    Which of it there is to do at a moment, `names_to_turn` says.
    """
    offers = _offered(list(TURNING), member, person.pk)
    here = Q(group=member.group_id) | Q(group=None)
    going_on = LongAct.objects.going_on().filter(here, user=person)
    begun = list(going_on.values_list("act_id", flat=True))
    # Whether one was begun in the group or on the whole site, its row of the record says.
    done = list(Act.objects.filter(pk__in=begun)) if begun else []
    return [
        offer
        for offer in offers
        if not is_outranked(
            offer.actor,
            [act for act in done if (act.group_id is None) == (offer.kind.of == PERSON)],
        )
    ]


def names_to_turn(group: Group, person: User) -> list[str]:
    """Return what there is to do to acts over all that the person wrote."""
    return [*_to_turn(group, person), *_to_turn(None, person)]


def _to_turn(group: Group | None, person: User) -> Iterator[str]:
    end = "" if group else "_on_site"
    works = LongAct.objects.filter(user=person, group=group)
    going_on = works.going_on().first()
    is_hiding = going_on is not None and going_on.is_hiding
    if is_hiding:
        yield f"stop_hiding{end}"
    # What is hidden at this moment turns round.
    if is_hiding or (going_on is None and works.standing().exists()):
        yield f"show_all{end}"
    if going_on is not None and going_on.kind == LongKind.ERASE:
        yield "stop_erasing"


def actor_of(
    kind: ActKind, member: Membership, user_id: int | None, undoes: int | None = None
) -> Membership | User | None:
    """Return by what the member may do this to the person: their membership, else as staff; else None.

    `undoes` is the act that it would take back, where it is done to a message.
    """
    if user_id == member.user_id:
        return None
    where = {"group_id": None if kind.of == PERSON else member.group_id, "user_id": user_id}
    done = taken_back(kind, where, undoes=undoes if kind.undoes else None)
    if kind.of != PERSON and not is_silenced(member):
        relation = read_relation(member.group_id, member.user_id, member.role, user_id)
        if roles.may(kind.right, member.role, relation) and not is_outranked(member, done):
            return member
    user = member.user
    if not user.is_staff or not user.has_perm(right_of(kind.right)):
        return None
    relation = read_relation(member.group_id, user.pk, roles.STAFF, user_id)
    may_act = roles.may(kind.right, roles.STAFF, relation) and not is_outranked(user, done)
    return user if may_act else None


def _offered(
    names: list[str], member: Membership, user_id: int | None, undoes: int | None = None
) -> list[Offer]:
    kinds = [acts[name] for name in names]
    found = [(kind, actor_of(kind, member, user_id, undoes)) for kind in kinds]
    return [Offer(kind, form_of(kind), actor) for kind, actor in found if actor is not None]


def _fitting(group: Group, person: User) -> Iterator[str]:
    """Yield the acts for which there is something to do, the gentlest first."""
    theirs = Membership.objects.filter(group=group, user=person).first()
    if theirs is not None:
        unread = Warning.objects.unread().filter(group=group, user=person)
        yield "take_warning_back" if unread.exists() else "warn"
        yield "end_time_out" if in_future(theirs.muted_until) else "time_out"
        yield "remove"
    elif is_removed(group.pk, person):
        yield "let_in_again"
    yield "end_bar" if Bar.objects.in_force().filter(group=group, user=person).exists() else "bar"
    if theirs is not None:
        if theirs.role != roles.OWNER:
            yield "promote"
        if theirs.role != roles.MEMBER:
            yield "demote"
    yield "hide_all"
    if Ban.objects.filter(user=person).exists():
        yield "end_ban"
    elif person.is_active:
        yield "ban"
    yield "hide_all_on_site"
    yield "erase_all"
