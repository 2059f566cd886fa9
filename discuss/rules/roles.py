"""Who may do what: one table. Actions enforce it; pages and the admin ask it which buttons there are.

A role is a person's in one group. Staff is somebody who acts in the admin: in the chat they are what their
membership says, as everybody is.
"""

from collections.abc import Mapping
from typing import Protocol

STRANGER, MEMBER, MODERATOR, OWNER = "stranger", "member", "moderator", "owner"
STAFF = "staff"
# From the lowest to the highest.
ROLES = (STRANGER, MEMBER, MODERATOR, OWNER, STAFF)
# How whom it is done to stands to who does it: themselves, or somebody of a lower, an equal or a higher role.
# To staff that is their rank on the site, to members their role in the group. What is done to a line is done
# to its author. GROUP: it is done to the group as a whole.
RELATIONS = OWN, LOWER, EQUAL, HIGHER, GROUP = "own", "lower", "equal", "higher", "group"

type Cell = frozenset[str]

NO: Cell = frozenset()
YES: Cell = frozenset({GROUP})
OWN_ONLY: Cell = frozenset({OWN})
LOWER_ONLY: Cell = frozenset({LOWER})
OWN_AND_LOWER: Cell = frozenset({OWN, LOWER})
# Of what is about a superuser, another superuser has to decide.
LOWER_AND_EQUAL: Cell = frozenset({LOWER, EQUAL})
OTHERS: Cell = frozenset({LOWER, EQUAL, HIGHER})
ANYBODY: Cell = frozenset({OWN, LOWER, EQUAL, HIGHER})


def _row(*cells: Cell) -> dict[str, Cell]:
    return dict(zip(ROLES, cells, strict=True))


# Verb -> role -> the relations in which it is allowed. What is not allowed changes nothing: it is refused, or
# there is nothing to do (a member joins, a stranger leaves).
# fmt: off
TABLE: Mapping[str, dict[str, Cell]] = {
    #                 STRANGER  MEMBER    MODERATOR   OWNER     STAFF
    "read":      _row(NO,       YES,      YES,        YES,      YES),
    "post":      _row(NO,       YES,      YES,        YES,      NO),
    "mark_unread": _row(NO,     YES,      YES,        YES,      NO),
    "join":      _row(OWN_ONLY, NO,       NO,         NO,       ANYBODY),
    "leave":     _row(NO,       YES,      YES,        YES,      NO),
    "notify":    _row(NO,       YES,      YES,        YES,      NO),
    "call_all":  _row(NO,       NO,       YES,        YES,      NO),
    "edit":      _row(NO,       OWN_ONLY, OWN_ONLY,   OWN_ONLY, NO),
    "hide":      _row(NO,       OWN_ONLY, OWN_AND_LOWER, OWN_AND_LOWER, OWN_AND_LOWER),
    "restore":   _row(NO,       NO,       LOWER_ONLY, LOWER_ONLY, LOWER_ONLY),
    "history":   _row(NO,       OWN_ONLY, ANYBODY,    ANYBODY,  NO),
    "react":     _row(NO,       ANYBODY,  ANYBODY,    ANYBODY,  NO),
    "save":      _row(NO,       ANYBODY,  ANYBODY,    ANYBODY,  NO),
    "pin":       _row(NO,       NO,       ANYBODY,    ANYBODY,  NO),
    "remove":    _row(NO,       NO,       LOWER_ONLY, LOWER_ONLY, LOWER_ONLY),
    "time_out":  _row(NO,       NO,       LOWER_ONLY, LOWER_ONLY, LOWER_ONLY),
    "warn":      _row(NO,       NO,       LOWER_ONLY, LOWER_ONLY, LOWER_ONLY),
    "bar":       _row(NO,       NO,       LOWER_ONLY, LOWER_ONLY, LOWER_ONLY),
    "ban":       _row(NO,       NO,       NO,         NO,       LOWER_ONLY),
    "hide_all":  _row(NO,       NO,       LOWER_ONLY, LOWER_ONLY, LOWER_ONLY),
    "erase":     _row(NO,       NO,       NO,         NO,       LOWER_ONLY),
    "approve":   _row(NO,       NO,       LOWER_ONLY, LOWER_ONLY, LOWER_AND_EQUAL),
    "report":    _row(NO,       OTHERS,   OTHERS,     OTHERS,   NO),
    "report_group": _row(YES,   YES,      YES,        NO,       YES),
    "appeal":    _row(OWN_ONLY, OWN_ONLY, OWN_ONLY,   OWN_ONLY, NO),
    "moderate":  _row(NO,       NO,       YES,        YES,      YES),
    "dismiss":   _row(NO,       NO,       LOWER_ONLY, LOWER_ONLY, LOWER_AND_EQUAL),
    "admit":     _row(NO,       NO,       NO,         NO,       LOWER_ONLY),
    "block":     _row(NO,       NO,       NO,         NO,       YES),
    "filter":    _row(NO,       NO,       NO,         YES,      YES),
    "promote":   _row(NO,       NO,       NO,         LOWER_ONLY, LOWER_ONLY),
    "demote":    _row(NO,       NO,       NO,         LOWER_ONLY, LOWER_ONLY),
    "invite":    _row(NO,       NO,       YES,        YES,      YES),
    "hand_over": _row(NO,       NO,       NO,         ANYBODY,  ANYBODY),
    "change":    _row(NO,       NO,       NO,         YES,      YES),
    "close":     _row(NO,       NO,       NO,         YES,      YES),
}
# fmt: on
# What the owners of a group may leave to all its members, as moderators do it.
LEFT_TO_MEMBERS: Mapping[str, Cell] = {"pin": ANYBODY, "invite": YES}

NOTHING_OPENED: frozenset[str] = frozenset()


def may(
    verb: str, role: str, relation: str = GROUP, *, opened: frozenset[str] = NOTHING_OPENED
) -> bool:
    """Whether somebody of this role may do it to whom stands so to them.

    `opened` are the verbs that the group leaves to all its members.
    """
    return relation in _cell(verb, role, opened)


def may_at_all(verb: str, role: str, *, opened: frozenset[str] = NOTHING_OPENED) -> bool:
    """Whether there is anybody, or anything, to whom somebody of this role may do it: is there a button?"""
    return bool(_cell(verb, role, opened))


def _cell(verb: str, role: str, opened: frozenset[str]) -> Cell:
    is_left = role == MEMBER and verb in opened
    return LEFT_TO_MEMBERS[verb] if is_left else TABLE[verb][role]


def members_who_may(verb: str) -> list[str]:
    """Return the roles of members who may do it at all."""
    return [role for role in (MEMBER, MODERATOR, OWNER) if may_at_all(verb, role)]


def relation(role: str, other: str) -> str:
    """Return how somebody of the role `other` stands to somebody else of this role."""
    rank, others = ROLES.index(role), ROLES.index(other)
    return EQUAL if rank == others else LOWER if others < rank else HIGHER


class Ranked(Protocol):
    """Somebody with an account."""

    pk: int
    is_staff: bool
    is_superuser: bool


def rank_relation(actor: Ranked, other: Ranked) -> str:
    """Return how somebody stands to an actor on the site: people, then staff, then superusers."""
    if actor.pk == other.pk:
        return OWN
    rank, others = _rank(actor), _rank(other)
    return EQUAL if rank == others else LOWER if others < rank else HIGHER


def _rank(person: Ranked) -> int:
    return 2 if person.is_superuser else 1 if person.is_staff else 0
