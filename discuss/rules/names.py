"""Whose names people's names must not be: those of nobody, and of who speaks for the site."""

import unicodedata
from collections.abc import Collection
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from discuss.rules.characters import IGNORABLE
from discuss.rules.skeletons import skeleton
from discuss.rules.text import clean_username, name_key

# Who speaks for the site.
SPEAKERS = frozenset(
    [
        "admin",
        "admins",
        "administrator",
        "discussit",
        "mod",
        "moderator",
        "moderators",
        "mods",
        "official",
        "owner",
        "root",
        "security",
        "staff",
        "superuser",
        "support",
        "system",
        "webmaster",
    ]
)
# Of those, what people are called, too.
ALSO_SURNAMES = frozenset(["mod", "mods", "root"])
# Nobody in particular, or everybody.
NOBODIES = frozenset(
    [
        "all",
        "anonymous",
        "anybody",
        "anyone",
        "channel",
        "deleted",
        "everybody",
        "everyone",
        "guest",
        "here",
        "me",
        "nobody",
        "none",
        "null",
        "somebody",
        "someone",
        "undefined",
        "unknown",
        "you",
    ]
)
NOT_HERE = _("Nobody is called so here. Please choose another name.")


def look_of(username: str) -> str:
    """Return what two names share that can pass for each other.

    It is their skeleton, with `i` as `l`: case tells no two names apart, and the capital of `i` looks so.
    """
    return _seen(username).replace("i", "l")


def spaced_look_of(name: str) -> str:
    """Return the look of a display name: nobody passes for another by spaces and signs either."""
    # Vowels of many scripts are marks, and stay.
    return "".join(c for c in look_of(name) if unicodedata.category(c)[0] not in "ZPS")


def is_reserved(username: str, sites: Collection[str]) -> bool:
    """Whether it is a name that staff alone may give. `sites` is what the site itself is called."""
    return name_key(username) in SPEAKERS | NOBODIES | set(map(name_key, sites))


def refuse_imitation(username: str, sites: Collection[str]) -> None:
    """Raise ValidationError where a name looks like a reserved one and is none."""
    if is_reserved(username, sites):
        return
    looks, skeletons = _reserved(frozenset(sites))
    # Marks and signs change little of who seems to speak.
    if _letters(look_of(username)) in looks or _seen(username) in skeletons:
        raise ValidationError(NOT_HERE, "reserved")


def refuse_speaking(name: str, sites: Collection[str]) -> None:
    """Raise ValidationError where a display name is nobody's, or seems to speak for the site."""
    for shown in (name, name.replace(" ", "")):
        if is_reserved(shown, sites):
            raise ValidationError(NOT_HERE, "reserved")
        refuse_imitation(shown, sites)
    looks = {_letters(look_of(speaker)) for speaker in SPEAKERS - ALSO_SURNAMES}
    if any(_letters(look_of(word)) in looks for word in name.split(" ")):
        raise ValidationError(NOT_HERE, "reserved")


@lru_cache
def _reserved(sites: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the looks of speakers, their letters alone, and the skeletons of nobodies.

    With `i` as `l` nobody could be called Ali, for `all`.
    """
    looks = frozenset(_letters(look_of(name)) for name in SPEAKERS | sites)
    return looks - {""}, frozenset(map(skeleton, NOBODIES))


def _seen(username: str) -> str:
    return skeleton(IGNORABLE.sub("", clean_username(username)))


def _letters(look: str) -> str:
    return "".join(filter(str.isalnum, look))
