"""Which pieces of a message mention somebody: `@name`, and `@here` and `@all` for a whole group.

Pure functions. Whoever calls them has looked up which names are those of members (discuss.reading.mentions).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from discuss.rules.characters import JOINER, NON_JOINER, is_mark
from discuss.rules.links import UNSPACED, Part, split_links
from discuss.rules.text import MEDIAL_SIGNS, USERNAME_SIGNS, name_key

# Who are mentioned all together: those who are there, and everybody in the group. Nobody is called so
# (discuss.rules.names).
HERE, ALL = "here", "all"
EVERYBODY = (HERE, ALL)
# Names that one message may mention; what looks like more is text.
NAMES = 50
# Names that are looked up for it, the first: in a script without spaces each letter may be a name's last.
KEYS = 300
# Letters in which a name is looked for, and characters: marks and signs that are not seen may stand in it.
LETTERS, LONGEST = 40, 60

# Scripts in which what follows a name may touch it: those that write no spaces, and Hangul's particles.
TOUCHING = re.compile(f"[{UNSPACED}\uac00-\ud7af]")
_IN_NAMES = USERNAME_SIGNS | MEDIAL_SIGNS | {JOINER, NON_JOINER}

# Whom each key of a name stands for: the key of a person, HERE or ALL.
type Names = Mapping[str, int | str]


def names_in(text: str) -> set[str]:
    """Return the keys of all names that the text may mention; KEYS at most, and then the first."""
    keys: set[str] = set()
    for start in _places(text) if "@" in text else ():
        more = {name_key(text[start + 1 : end]) for end in _ends(text, start)} - keys
        if len(keys) + len(more) > KEYS:
            break
        keys |= more
    return keys


def split_mentions(parts: Iterable[Part], names: Names) -> tuple[Part, ...]:
    """Return these pieces, each mention of one of the `names` one of its own. Links stay as they are."""
    if not names:
        return tuple(parts)
    return tuple(
        piece for part in parts for piece in (_split(part.text, names) if not part.url else [part])
    )


def mentioned(text: str, names: Names) -> dict[str, int | str]:
    """Return those of the `names` that the text mentions, of a person one."""
    if "@" not in text or not names:
        return {}
    found = {part.mention for part in split_mentions(split_links(text), names)}
    whom = {str(who): (key, who) for key, who in names.items() if str(who) in found}
    return dict(sorted(whom.values()))


def stored_mentions(text: str, names: Names, html: str | None) -> dict[str, Any]:
    """Return the field of a line that holds whom its text mentions: as far as its html shows it, if any."""
    whom = mentioned(text, names)
    if html is not None:
        whom = {key: who for key, who in whom.items() if f' data-user="{who}"' in html}
    return {"details": {"mentions": whom} if whom else None}


def _split(text: str, names: Names) -> Iterator[Part]:
    end = 0
    for start in _places(text):
        if start < end:
            continue
        for stop in _ends(text, start):
            who = names.get(name_key(text[start + 1 : stop]))
            if who is not None:
                if start > end:
                    yield Part(text[end:start])
                yield Part(text[start:stop], mention=str(who))
                end = stop
                break
    if end < len(text):
        yield Part(text[end:])


def _places(text: str) -> Iterator[int]:
    """Yield where names may begin: at an @ that is in the middle of no word, and so of no address."""
    start, count = text.find("@"), 0
    while start >= 0 and count < NAMES:
        if not start or not _is_in_word(text[start - 1]):
            count += 1
            yield start
        start = text.find("@", start + 1)


def _ends(text: str, start: int) -> Iterator[int]:
    """Yield where the name after this @ may end, the farthest first: at the end of a word."""
    stop, letters = start + 1, 0
    while stop < min(len(text), start + 1 + LONGEST) and _may_be_in_name(text[stop]):
        letters += not is_mark(text[stop])
        if letters > LETTERS:
            break
        stop += 1
    for end in range(stop, start + 1, -1):
        if _is_letter(text[end - 1]) and (end == len(text) or _may_follow(text[end])):
            yield end


def _may_follow(character: str) -> bool:
    """Whether a name may end before this character."""
    if character.isascii():
        return not character.isalnum()
    return not _is_letter(character) or bool(
        TOUCHING.match(character) and unicodedata.category(character)[0] != "M"
    )


def _may_be_in_name(character: str) -> bool:
    return _is_letter(character) or character in _IN_NAMES


def _is_letter(character: str) -> bool:
    """Whether it is a letter or a digit, or a mark on one."""
    return character.isalnum() or (
        not character.isascii() and unicodedata.category(character) in {"Mn", "Mc"}
    )


def _is_in_word(character: str) -> bool:
    """Whether an @ after this character begins no name."""
    return character in "@/_" or (_is_letter(character) and not TOUCHING.match(character))


def with_mention(text: str, name: str) -> str:
    """Return what somebody is writing with this name at its end, in the place of what they began of it."""
    begun = text.rfind("@")
    beginning = text[begun + 1 :]
    is_begun = (
        begun >= 0
        and name_key(name).startswith(name_key(beginning))
        and (not begun or not _is_in_word(text[begun - 1]))
    )
    kept = text[:begun] if is_begun else text
    space = " " if kept and not kept[-1].isspace() else ""
    return f"{kept}{space}@{name} "
